using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Multiple;

namespace SelfImprove.Evaluation.Judging;

/// <summary>
/// Is any slice proven worse? All slices are tested together, with control of the false-discovery rate (Benjamini and Hochberg 1995). Each says the
/// smallest fall that it would find; slices in which not even a total loss would show are merged, and where that does not help they are untested.
/// </summary>
internal static class SliceTest
{
    private const double Power = 0.8;
    private const string Merged = "small slices";

    public static IReadOnlyList<SliceResult> Run(IReadOnlyList<WeightedItem> items, double alpha, double tolerance)
    {
        var slices = Group(items, alpha);
        var paired = slices.Select(s => new PairedScores(s.Items)).ToList();
        var testable = slices.Select((s, i) => Least(alpha, slices.Count) <= paired[i].Count).ToList();
        var tests = Math.Max(1, testable.Count(t => t));
        var pValues = paired.Select((p, i) => testable[i] ? p.Worse(tolerance) ?? 1 : (double?)null).ToList();
        var worse = BenjaminiHochberg.Reject(pValues, alpha);
        return [.. slices
            .Select((s, i) => new SliceResult(
                s.Name, paired[i].Count, paired[i].ChampionMean, paired[i].CandidateMean, pValues[i],
                testable[i] ? SmallestFall(paired[i].Count, alpha / tests, tolerance) : null, worse[i]))
            .OrderByDescending(r => r.ProvenWorse).ThenByDescending(r => r.Items).ThenBy(r => r.Slice, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The smallest fall found with a probability of 80%, at best: where the candidate gains nothing in the slice. The exact test needs
    /// log2(1/alpha) losses without a gain.
    /// </summary>
    internal static double? SmallestFall(int items, double alpha, double tolerance)
    {
        var losses = LossesNeeded(alpha);
        if (items < losses || Binomial.UpperTail(losses, items, 1 - 1e-9) < Power) return null;
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 40; i++)
        {
            var middle = (low + high) / 2;
            if (Binomial.UpperTail(losses, items, middle) < Power) low = middle;
            else high = middle;
        }
        return Math.Min(1, high + Math.Max(0, tolerance));
    }

    private static int LossesNeeded(double alpha) => (int)Math.Ceiling(Math.Log2(1 / alpha) - 1e-9);

    // What a slice needs for any statement when it is one of so many.
    private static int Least(double alpha, int slices) => LossesNeeded(alpha / Math.Max(1, slices));

    private static List<(string Name, List<WeightedItem> Items)> Group(IReadOnlyList<WeightedItem> items, double alpha)
    {
        var groups = items.SelectMany(i => i.Item.Slices.Select(s => (Slice: s, Item: i))).GroupBy(p => p.Slice, p => p.Item, StringComparer.Ordinal).ToList();
        // Items answered alike count, labelled or not: had the candidate fallen there, they would be answered differently, and labelled.
        bool IsLarge(IEnumerable<WeightedItem> group) => group.Sum(i => i.Weight) >= Least(alpha, groups.Count) - 1e-6;
        var large = groups.Where(IsLarge).Select(g => (g.Key, g.ToList())).ToList();
        // By dimension: a merged slice of languages says nothing about tools.
        var small = groups.Where(g => !IsLarge(g))
            .GroupBy(g => g.Key[..g.Key.IndexOf('=', StringComparison.Ordinal)], StringComparer.Ordinal);
        large.AddRange(small.Select(s => ($"{s.Key}: {s.Count()} {Merged}", s.SelectMany(g => g).Distinct().ToList())));
        return large;
    }
}
