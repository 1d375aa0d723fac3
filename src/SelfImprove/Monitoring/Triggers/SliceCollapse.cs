using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>A slice's fall.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Before">Its mean reward before.</param>
/// <param name="Now">Its mean reward over its last <see cref="SliceCollapse.Recent"/>.</param>
/// <param name="PValue">One-sided p-value of "it did not fall", by itself.</param>
/// <param name="Slices">How many slices were looked at.</param>
/// <param name="IsProven">Whether it is a collapse: large, and proven in spite of looking at so many slices so often.</param>
internal sealed record SliceFall(string Slice, double Before, double Now, double PValue, int Slices, bool IsProven);

/// <summary>
/// Finds the slice that fell most surely: its last 30 rewards against its own first ones, pooled score test with one error and one success more on
/// either side. Each thumb belongs to few slices and
/// 30 of them make a new sample; so 1,000 thumbs make some 100 looks that are not copies of each other, over which (and over the slices, by
/// Bonferroni) the tolerated false alarms are shared out.
/// </summary>
internal static class SliceCollapse
{
    /// <summary>Rewards of a slice that are "now".</summary>
    public const int Recent = 30;

    private const int LeastBefore = 15;
    private const double LooksPerThousand = 100;
    private const double LeastFall = 0.2;

    public static SliceFall? Find(IReadOnlyDictionary<string, SliceSignals> slices, double falseAlarmsPerThousand)
    {
        var falls = slices.Where(s => s.Key != "other").Select(s => Fall(s.Key, s.Value)).OfType<SliceFall>().OrderBy(f => f.PValue)
            .ThenBy(f => f.Slice, StringComparer.Ordinal).ToList();
        if (falls.Count == 0) return null;
        var level = falseAlarmsPerThousand / LooksPerThousand / falls.Count;
        var worst = falls[0] with { Slices = falls.Count };
        return worst with { IsProven = worst.PValue <= level && worst.Before - worst.Now >= LeastFall };
    }

    private static SliceFall? Fall(string name, SliceSignals slice)
    {
        if (slice.Recent.Count < Recent) return null;
        double count, sum;
        if (slice.Judged <= slice.Recent.Count)
            (count, sum) = (slice.Recent.Count - Recent, slice.Recent.SkipLast(Recent).Sum());
        else if (slice.Judged - slice.ReferenceCount >= Recent)
            (count, sum) = (slice.ReferenceCount, slice.ReferenceSum);
        else
            return null;
        if (count < LeastBefore) return null;
        var now = slice.Recent.TakeLast(Recent).Sum();
        var (p0, p1) = ((sum + 1) / (count + 2), (now + 1) / (Recent + 2));
        var pooled = (sum + now + 2) / (count + Recent + 4);
        var z = (p0 - p1) / Math.Sqrt(pooled * (1 - pooled) * (1 / (count + 2) + 1.0 / (Recent + 2)));
        return new SliceFall(name, sum / count, now / Recent, Normal.UpperTail(z), 0, false);
    }
}
