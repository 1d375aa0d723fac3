using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Paired;

/// <summary>
/// The difference of two proportions measured on the same items, by Tango's score method ("Equivalence test and confidence interval for the difference in
/// proportions for the
/// paired-sample design", 1998): keeps its level where items on which the two differ are few, unlike the z-interval. Its test at difference 0 is McNemar's
/// without correction.
/// </summary>
public static class PairedProportions
{
    /// <summary>Interval of candidate minus champion at confidence 1 - <paramref name="alpha"/>, two-sided; null without items.</summary>
    /// <param name="onlyCandidateRight">Items that the candidate alone answered right.</param>
    /// <param name="onlyChampionRight">Items that the champion alone answered right.</param>
    /// <param name="items">All items, those on which both agree included.</param>
    /// <param name="alpha">One minus the confidence level, both sides together.</param>
    public static ConfidenceInterval? Difference(long onlyCandidateRight, long onlyChampionRight, long items, double alpha = 0.05)
    {
        Check(onlyCandidateRight, onlyChampionRight, items);
        if (items == 0) return null;
        var z = Normal.Quantile(1 - Require.Fraction(alpha) / 2);
        var estimate = (onlyCandidateRight - onlyChampionRight) / (double)items;
        return new ConfidenceInterval(
            estimate <= -1 ? -1 : Root.Bisect(d => Score(onlyCandidateRight, onlyChampionRight, items, d) - z, -1, estimate),
            estimate >= 1 ? 1 : Root.Bisect(d => Score(onlyCandidateRight, onlyChampionRight, items, d) + z, estimate, 1));
    }

    /// <summary>One-sided lower bound of the difference at confidence 1 - <paramref name="alpha"/>; null without items.</summary>
    public static double? Lower(long onlyCandidateRight, long onlyChampionRight, long items, double alpha = 0.05) =>
        alpha < 0.5 ? Difference(onlyCandidateRight, onlyChampionRight, items, 2 * alpha)?.Lower
            : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "alpha must be below 0.5 for a one-sided bound.");

    /// <summary>
    /// One-sided p-value of "the candidate is worse by <paramref name="margin"/> (in [0, 1)) or more"; small means not inferior. Null without items; at
    /// margin 0 also where the two never differ.
    /// </summary>
    public static double? NonInferiorityPValue(long onlyCandidateRight, long onlyChampionRight, long items, double margin)
    {
        Check(onlyCandidateRight, onlyChampionRight, items);
        if (margin is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(margin), margin, "margin must be at least 0 and below 1.");
        if (items == 0 || (margin == 0 && onlyCandidateRight + onlyChampionRight == 0)) return null;
        return Normal.UpperTail(Score(onlyCandidateRight, onlyChampionRight, items, -margin));
    }

    // Tango's statistic: falls from +infinity to -infinity as the supposed difference rises from -1 to 1.
    private static double Score(double b, double c, double n, double difference)
    {
        var linear = -b - c + (2 * n - b + c) * difference;
        var constant = -c * difference * (1 - difference);
        var championOnly = (Math.Sqrt(Math.Max(0, linear * linear - 8 * n * constant)) - linear) / (4 * n);
        var variance = n * (2 * championOnly + difference * (1 - difference));
        var surplus = b - c - n * difference;
        if (variance > 1e-14) return surplus / Math.Sqrt(variance);
        return surplus == 0 ? 0 : surplus > 0 ? double.MaxValue : double.MinValue;
    }

    private static void Check(long b, long c, long n)
    {
        Require.Count(b, "onlyCandidateRight");
        Require.Count(c, "onlyChampionRight");
        if (b + c > n) throw new ArgumentOutOfRangeException(nameof(n), n, $"items must be at least the {b + c} items on which the two differ.");
    }
}
