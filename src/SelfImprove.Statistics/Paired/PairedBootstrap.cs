using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Paired;

/// <summary>
/// Percentile bootstrap of a paired mean difference (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13): any bounded score, no law
/// assumed.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>The interval of mean(candidate - champion).</summary>
    /// <param name="champion">Score of each item; finite.</param>
    /// <param name="candidate">Score of the same items in the same order.</param>
    /// <param name="random">Source of the resamples: the same stream gives the same interval.</param>
    /// <param name="alpha">One minus the confidence level, both sides together.</param>
    /// <param name="resamples">Number of resamples, at least 100.</param>
    /// <param name="clusters">Optional cluster of each item (user, near-duplicate group): whole clusters are then resampled.</param>
    /// <returns>Null with fewer than two items (or clusters): a spread cannot be seen in one.</returns>
    public static PairedDifference? Difference(
        IReadOnlyList<double> champion,
        IReadOnlyList<double> candidate,
        SeededRandom random,
        double alpha = 0.05,
        int resamples = 5_000,
        IReadOnlyList<string>? clusters = null)
    {
        ArgumentNullException.ThrowIfNull(champion);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(random);
        Require.SameLength(champion.Count, candidate.Count);
        Require.Fraction(alpha);
        Require.AtLeast(resamples, 100);
        if (clusters is not null) Require.SameLength(champion.Count, clusters.Count);

        var units = Units(champion, candidate, clusters);
        if (units.Count < 2) return null;
        var sums = units.Select(unit => unit.Sum).ToArray();
        var counts = units.Select(unit => (double)unit.Count).ToArray();
        var means = new double[resamples];
        for (var i = 0; i < resamples; i++)
        {
            double sum = 0, count = 0;
            for (var j = 0; j < sums.Length; j++)
            {
                var pick = random.Next(sums.Length);
                sum += sums[pick];
                count += counts[pick];
            }
            means[i] = sum / count;
        }
        Array.Sort(means);
        var notBetter = means.Count(mean => mean <= 0) / (double)resamples;
        return new PairedDifference(sums.Length, sums.Sum() / counts.Sum(), new ConfidenceInterval(At(means, alpha / 2), At(means, 1 - alpha / 2)), notBetter);
    }

    private static List<(double Sum, int Count)> Units(IReadOnlyList<double> champion, IReadOnlyList<double> candidate, IReadOnlyList<string>? clusters)
    {
        var units = new List<(double Sum, int Count)>(champion.Count);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < champion.Count; i++)
        {
            var difference = Require.Finite(candidate[i], nameof(candidate)) - Require.Finite(champion[i], nameof(champion));
            if (clusters is not null && places.TryGetValue(clusters[i], out var place))
            {
                units[place] = (units[place].Sum + difference, units[place].Count + 1);
                continue;
            }
            if (clusters is not null) places.Add(clusters[i], units.Count);
            units.Add((difference, 1));
        }
        return units;
    }

    private static double At(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var low = (int)Math.Floor(place);
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
    }
}
