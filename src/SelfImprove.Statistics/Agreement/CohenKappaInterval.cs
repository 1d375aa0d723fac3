using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Paired;

namespace SelfImprove.Statistics.Agreement;

/// <summary>
/// An interval of <see cref="CohenKappa"/> without weights. The large-sample variance is that of Fleiss, Cohen and Everitt, "Large sample standard errors of kappa
/// and weighted kappa", 1969, equation 13. It is 0 at full agreement, however few the items, so each end is the wider one of that interval and of
/// (p - pe)/(1 - pe) at the ends of Wilson's interval of the observed agreement p, the chance agreement pe held fixed.
/// </summary>
public static class CohenKappaInterval
{
    /// <summary>The interval at confidence 1 - <paramref name="alpha"/>, within [-1,1]; null where kappa is not computable.</summary>
    /// <param name="first">Category of each item by one rater.</param>
    /// <param name="second">Category of each item by the other.</param>
    /// <param name="alpha">The error rate of both ends together.</param>
    public static ConfidenceInterval? Compute<T>(IReadOnlyList<T> first, IReadOnlyList<T> second, double alpha = 0.05) where T : notnull
    {
        if (CohenKappa.Compute(first, second) is not { } kappa) return null;
        var n = (double)first.Count;
        var categories = first.Concat(second).Distinct().ToList();
        var place = categories.Index().ToDictionary(c => c.Item, c => c.Index);
        var table = new double[categories.Count, categories.Count];
        var (rows, columns) = (new double[categories.Count], new double[categories.Count]);
        for (var i = 0; i < first.Count; i++)
        {
            var (row, column) = (place[first[i]], place[second[i]]);
            table[row, column] += 1 / n;
            rows[row] += 1 / n;
            columns[column] += 1 / n;
        }
        double observed = 0, chance = 0, same = 0, other = 0;
        for (var i = 0; i < categories.Count; i++)
        {
            observed += table[i, i];
            chance += rows[i] * columns[i];
            for (var j = 0; j < categories.Count; j++)
            {
                if (i == j) same += table[i, i] * Square(1 - (rows[i] + columns[i]) * (1 - kappa));
                else other += table[i, j] * Square((columns[i] + rows[j]) * (1 - kappa));
            }
        }
        var variance = Math.Max(0, same + other - Square(kappa - chance * (1 - kappa))) / (n * Square(1 - chance));
        var half = Normal.Quantile(1 - Require.Fraction(alpha) / 2) * Math.Sqrt(variance);
        var rate = Wilson.Interval((long)Math.Round(observed * n), first.Count, alpha)!.Value;
        return new ConfidenceInterval(
            Math.Min(kappa - half, (rate.Lower - chance) / (1 - chance)), Math.Max(kappa + half, (rate.Upper - chance) / (1 - chance))).Clamp(-1, 1);
    }

    private static double Square(double value) => value * value;
}
