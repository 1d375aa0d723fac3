using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Paired;

/// <summary>Wilson's score interval of one proportion (Wilson 1927): holds its level at rates near 0 and 1, where the textbook interval does not.</summary>
public static class Wilson
{
    /// <summary>The interval at confidence 1 - <paramref name="alpha"/>; null without trials.</summary>
    public static ConfidenceInterval? Interval(long successes, long trials, double alpha = 0.05)
    {
        Require.Part(successes, Require.Count(trials));
        return Bounds(successes, trials, Normal.Quantile(1 - Require.Fraction(alpha) / 2));
    }

    /// <summary>One-sided lower bound: the rate is at least this with confidence 1 - <paramref name="alpha"/>; null without trials.</summary>
    public static double? Lower(long successes, long trials, double alpha = 0.05)
    {
        Require.Part(successes, Require.Count(trials));
        return Bounds(successes, trials, Normal.Quantile(1 - Require.Fraction(alpha)))?.Lower;
    }

    /// <summary>One-sided lower bound of a rate that was not measured by plain trials: it is as precise as <paramref name="effectiveTrials"/> of them would be.</summary>
    /// <param name="rate">The rate, [0,1].</param>
    /// <param name="effectiveTrials">rate (1 - rate) over its variance, above 0.</param>
    /// <param name="alpha">One minus the confidence.</param>
    public static double? LowerOfEstimate(double rate, double effectiveTrials, double alpha = 0.05) =>
        effectiveTrials > 0 ? Bounds(Require.Rate(rate) * effectiveTrials, effectiveTrials, Normal.Quantile(1 - Require.Fraction(alpha)))?.Lower : null;

    /// <summary>One-sided upper bound; null without trials.</summary>
    public static double? Upper(long successes, long trials, double alpha = 0.05) =>
        Lower(Require.Count(trials) - successes, trials, alpha) is { } lower ? 1 - lower : null;

    /// <summary>The score bounds at <paramref name="z"/> standard errors, either sign of which gives the same pair.</summary>
    internal static ConfidenceInterval? Bounds(double successes, double trials, double z)
    {
        if (trials == 0) return null;
        var rate = successes / trials;
        var z2 = z * z;
        var centre = (successes + z2 / 2) / (trials + z2);
        var half = Math.Abs(z) / (trials + z2) * Math.Sqrt(trials * rate * (1 - rate) + z2 / 4);
        return new ConfidenceInterval(successes == 0 ? 0 : Math.Max(0, centre - half), successes == trials ? 1 : Math.Min(1, centre + half));
    }
}
