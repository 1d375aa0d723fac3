namespace SelfImprove.Statistics.Moments;

/// <summary>
/// Count, mean and spread of a stream without keeping it: numerically stable, and mergeable (Welford 1962; Chan, Golub and LeVeque 1983). Immutable, so it
/// can be a record's member.
/// </summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Their mean; 0 while empty.</param>
/// <param name="SumOfSquares">Sum of squared deviations from the mean.</param>
public readonly record struct RunningMoments(long Count, double Mean, double SumOfSquares)
{
    /// <summary>Sample variance (divided by count - 1); null with fewer than two values.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? Variance => Count < 2 ? null : SumOfSquares / (Count - 1);

    /// <summary>Standard error of the mean; null with fewer than two values.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? StandardError => Variance is { } variance ? Math.Sqrt(variance / Count) : null;

    /// <summary>With one finite value more.</summary>
    public RunningMoments Add(double value)
    {
        Require.Finite(value);
        var step = value - Mean;
        var mean = Mean + step / (Count + 1);
        return new RunningMoments(Count + 1, mean, SumOfSquares + step * (value - mean));
    }

    /// <summary>Of both streams together.</summary>
    public RunningMoments Merge(RunningMoments other)
    {
        if (Count == 0) return other;
        if (other.Count == 0) return this;
        var count = Count + other.Count;
        var gap = other.Mean - Mean;
        return new RunningMoments(count, Mean + gap * other.Count / count, SumOfSquares + other.SumOfSquares + gap * gap * Count * other.Count / count);
    }
}
