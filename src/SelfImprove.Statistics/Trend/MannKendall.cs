using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Trend;

/// <summary>Outcome of a Mann-Kendall test.</summary>
/// <param name="S">Pairs that rise minus pairs that fall.</param>
/// <param name="Variance">Variance of S if there is no trend, ties allowed for.</param>
/// <param name="Z">S standardised, with continuity correction.</param>
/// <param name="PValue">Two-sided p-value.</param>
/// <param name="Tau">S divided by the number of pairs, in [-1, 1].</param>
/// <param name="Direction">The trend proven at the level asked for.</param>
public sealed record MannKendallResult(double S, double Variance, double Z, double PValue, double Tau, TrendDirection Direction);

/// <summary>
/// Rank test for a monotone trend: Mann, "Nonparametric tests against trend", 1945; Kendall, "Rank Correlation Methods", 1975, for ties. Values must be
/// independent.
/// </summary>
public static class MannKendall
{
    /// <summary>
    /// Tests a series in time order; NaN marks a gap and is left out. Null with fewer than two values or where all are equal: neither can show a trend or its
    /// absence.
    /// Cost grows with the square of the length.
    /// </summary>
    public static MannKendallResult? Test(IReadOnlyList<double> series, double alpha = 0.05)
    {
        ArgumentNullException.ThrowIfNull(series);
        Require.Fraction(alpha);
        var values = series.Where(value => !double.IsNaN(value)).ToArray();
        var n = values.Length;
        if (n < 2) return null;
        long s = 0;
        for (var i = 0; i < n; i++)
            for (var j = i + 1; j < n; j++) s += values[j].CompareTo(values[i]);
        double variance = (double)n * (n - 1) * (2 * n + 5);
        foreach (var ties in values.CountBy(value => value).Select(group => (double)group.Value)) variance -= ties * (ties - 1) * (2 * ties + 5);
        variance /= 18;
        if (variance <= 0) return null;
        var z = (s - Math.Sign(s)) / Math.Sqrt(variance);
        var p = Math.Min(1, 2 * Normal.UpperTail(Math.Abs(z)));
        var direction = p >= alpha || s == 0 ? TrendDirection.None : s > 0 ? TrendDirection.Increasing : TrendDirection.Decreasing;
        return new MannKendallResult(s, variance, z, p, s / (0.5 * n * (n - 1)), direction);
    }
}
