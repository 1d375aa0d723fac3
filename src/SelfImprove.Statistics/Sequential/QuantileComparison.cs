namespace SelfImprove.Statistics.Sequential;

/// <summary>
/// Anytime-valid comparison of one quantile of two streams (latency at .95, say): the evidence against "both have their quantile at x" is the product of two
/// beta-binomial mixtures,
/// and the hypothesis of equal quantiles is refuted as far as the x is for which that evidence is least. Howard and Ramdas 2022, section 5.
/// </summary>
/// <param name="Quantile">Which quantile, in (0, 1).</param>
/// <param name="TunedFor">Observations of one stream at which the test is sharpest.</param>
/// <param name="TunedAlpha">Level for which it is tuned.</param>
public sealed record QuantileComparison(double Quantile, double TunedFor = 1_000, double TunedAlpha = 0.05)
{
    /// <summary>Anytime-valid p-value of "the quantiles are equal"; null while a stream is empty.</summary>
    public double? PValue(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var p = Require.Fraction(Quantile);
        if (a.Count == 0 || b.Count == 0) return null;
        double[] left = [.. a.Select(x => Require.Finite(x, nameof(a))).Order()], right = [.. b.Select(x => Require.Finite(x, nameof(b))).Order()];
        var mixture = new BetaBinomialMixture(Require.Positive(TunedFor) * p * (1 - p), TunedAlpha, p, 1 - p, oneSided: false);
        // Beyond both sample quantiles the evidence only grows, so the minimum lies between them.
        double first = At(left, p), last = At(right, p);
        if (first > last) (first, last) = (last, first);
        var least = double.PositiveInfinity;
        foreach (var x in left.Concat(right).Where(x => x >= first && x <= last).Distinct())
            least = Math.Min(least, Evidence(mixture, left, x, p) + Evidence(mixture, right, x, p));
        return Math.Min(1, Math.Exp(-least));
    }

    // Below x lie between "less than" and "at most" of the values; the count nearest to what the hypothesis expects speaks least against it.
    private static double Evidence(BetaBinomialMixture mixture, double[] sorted, double x, double p)
    {
        var expected = sorted.Length * p;
        var nearest = Math.Clamp(expected, Below(sorted, x, orEqual: false), Below(sorted, x, orEqual: true));
        return mixture.LogMixture(nearest - expected, expected * (1 - p));
    }

    private static int Below(double[] sorted, double x, bool orEqual)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < x || (orEqual && sorted[middle] == x)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static double At(double[] sorted, double p) => sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * p) - 1, 0, sorted.Length - 1)];
}
