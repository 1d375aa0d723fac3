namespace SelfImprove.Statistics.Sequential;

/// <summary>One arm of a comparison.</summary>
/// <param name="Count">Number of observations.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Variance">Variance of one observation.</param>
public readonly record struct SampleMoments(long Count, double Mean, double Variance)
{
    /// <summary>From sums of values and of squares; null with fewer than two values.</summary>
    public static SampleMoments? FromSums(long count, double sum, double sumOfSquares)
    {
        Require.Count(count);
        Require.Finite(sum);
        Require.Finite(sumOfSquares);
        return count < 2 ? null : new SampleMoments(count, sum / count, Math.Max(0, (sumOfSquares - sum * sum / count) / (count - 1)));
    }

    /// <summary>From successes of 0/1 trials; null without trials.</summary>
    public static SampleMoments? FromProportion(long successes, long trials)
    {
        Require.Part(successes, Require.Count(trials));
        if (trials == 0) return null;
        var rate = successes / (double)trials;
        return new SampleMoments(trials, rate, rate * (1 - rate));
    }
}
