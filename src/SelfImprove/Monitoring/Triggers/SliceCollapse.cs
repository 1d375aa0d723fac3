using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>A slice's fall.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Before">Its mean reward before.</param>
/// <param name="Now">Its mean reward over its last ones.</param>
/// <param name="Count">How many these are.</param>
/// <param name="PValue">One-sided p-value of "it did not fall", by itself.</param>
/// <param name="Slices">How many slices were looked at.</param>
/// <param name="IsProven">Whether it is a collapse: large, and proven in spite of looking at so many slices so often.</param>
internal sealed record SliceFall(string Slice, double Before, double Now, int Count, double PValue, int Slices, bool IsProven);

/// <summary>
/// Finds the slice that fell most surely: its last 30 rewards, or its last 60 where it has as many, against its own first ones, pooled score test with one error and one success more on
/// either side. Each thumb belongs to few slices and
/// 30 of them make a new sample; so 1,000 thumbs make some 100 looks that are not copies of each other, over which (and over the slices, by
/// Bonferroni) the tolerated false alarms are shared out.
/// </summary>
internal static class SliceCollapse
{
    // Rewards of a slice that are "now": few tell of a collapse soonest, more of a fall by half.
    private static readonly int[] Lately = [30, 60];

    private const int LeastBefore = 15;
    private const double LooksPerThousand = 100;
    private const double LeastFall = 0.2;

    public static SliceFall? Find(IReadOnlyDictionary<string, SliceSignals> slices, double falseAlarmsPerThousand)
    {
        var falls = slices.Where(s => s.Key is not ("other" or "(other)")).SelectMany(s => Lately.Select(n => Fall(s.Key, s.Value, n))).OfType<SliceFall>().OrderBy(f => f.PValue)
            .ThenBy(f => f.Slice, StringComparer.Ordinal).ToList();
        if (falls.Count == 0) return null;
        var level = falseAlarmsPerThousand / LooksPerThousand / falls.Count;
        var worst = falls.FirstOrDefault(f => f.PValue <= level && f.Before - f.Now >= LeastFall);
        return (worst ?? falls[0]) with { Slices = falls.DistinctBy(f => f.Slice).Count(), IsProven = worst is not null };
    }

    private static SliceFall? Fall(string name, SliceSignals slice, int recent)
    {
        if (slice.Recent.Count < recent) return null;
        double count, sum;
        if (slice.Judged <= slice.Recent.Count)
            (count, sum) = (slice.Recent.Count - recent, slice.Recent.SkipLast(recent).Sum());
        else if (slice.Judged - slice.ReferenceCount >= recent)
            (count, sum) = (slice.ReferenceCount, slice.ReferenceSum);
        else
            return null;
        if (count < LeastBefore) return null;
        var now = slice.Recent.TakeLast(recent).Sum();
        var (p0, p1) = ((sum + 1) / (count + 2), (now + 1) / (recent + 2));
        var pooled = (sum + now + 2) / (count + recent + 4);
        var z = (p0 - p1) / Math.Sqrt(pooled * (1 - pooled) * (1 / (count + 2) + 1.0 / (recent + 2)));
        return new SliceFall(name, sum / count, now / recent, recent, Normal.UpperTail(z), 0, false);
    }
}
