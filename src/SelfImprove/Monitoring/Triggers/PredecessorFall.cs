using SelfImprove.Agents.Routing;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// A new version against the one before it, as that was at its end: a version that is worse from its first request on has a reference of its own that is as bad, and would never be
/// seen to decline. Pooled score test of two proportions with one error and one success more on either side.
/// </summary>
/// <param name="Version">The version before.</param>
/// <param name="Before">What was to be expected: its mean reward at its end, or, where that is less, its mean reward given the decisions that are taken now.</param>
/// <param name="BeforeCount">Over how many of its last judged tasks.</param>
/// <param name="Now">The new version's mean reward.</param>
/// <param name="Count">Over how many judged tasks: all that it has.</param>
/// <param name="PValue">One-sided p-value of "it is no worse", by itself.</param>
/// <param name="IsProven">Whether it is worse, in spite of looking so often.</param>
internal sealed record PredecessorFall(string Version, double Before, int BeforeCount, double Now, int Count, double PValue, bool IsProven)
{
    /// <summary>Judged tasks up to which a version is compared with the one before; then its own reference is full.</summary>
    public const int Serves = 2_000;

    /// <summary>Fewest judged tasks of the version before.</summary>
    public const int FewestBefore = 100;

    private const int FewestNow = 30;
    private const int MostBefore = 1_000;
    // A look adds to the same tasks, so that few looks are not copies of each other: by simulation, no more than so many over a version's first 2,000.
    private const double Looks = 16;
    private const double Fell = 2;
    // A decision seen a few times has the mean of all, nearly.
    private const double Shrink = 5;

    /// <summary>
    /// The version that served before the champion and is known well enough; null where there is none. One that began to serve after the champion was gone back from: the champion
    /// was preferred to it knowingly.
    /// </summary>
    public static string? Find(RoutingTable table, AgentSignals? signals) => signals?.Versions.GetValueOrDefault(table.Champion)?.First is { } first
        ? table.PreviousChampions.FirstOrDefault(v => signals.Versions.GetValueOrDefault(v) is { Judged: >= FewestBefore, First: { } began } && began < first)
        : null;

    /// <summary>Compares; null where either has too few judged tasks, or the champion no longer is new.</summary>
    public static PredecessorFall? Of(VersionSignals champion, string? version, VersionSignals? before, double falseAlarmsPerThousand)
    {
        if (version is null || before is null || champion.Judged is < FewestNow or > Serves || champion.Judged > champion.Recent.Count) return null;
        var last = Lately(before.Recent);
        if (last.Count < FewestBefore) return null;
        var (count, sum) = (champion.Recent.Count, champion.Recent.Sum(r => r.Reward));
        var mean = last.Average(r => r.Reward);
        var expected = Math.Min(mean, GivenDecisions(champion.Recent, last, mean));
        var (p0, p1) = (((expected * last.Count) + 1) / (last.Count + 2), (sum + 1) / (count + 2));
        var pooled = ((expected * last.Count) + sum + 2) / (last.Count + count + 4);
        var z = (p0 - p1) / Math.Sqrt(pooled * (1 - pooled) * ((1.0 / (last.Count + 2)) + (1.0 / (count + 2))));
        var p = Normal.UpperTail(z);
        return new PredecessorFall(version, expected, last.Count, sum / count, count, p, p <= falseAlarmsPerThousand * Serves / 1_000 / Looks);
    }

    /// <summary>The last tasks, as far back as they are alike: where the later half surely is worse, what was before it is over.</summary>
    private static List<RecentReward> Lately(IReadOnlyList<RecentReward> rewards)
    {
        var last = rewards.TakeLast(MostBefore).ToList();
        while (last.Count >= 2 * FewestBefore)
        {
            var half = last.Count / 2;
            var (early, late, mean) = (last.Take(half).Average(r => r.Reward), last.Skip(half).Average(r => r.Reward), last.Average(r => r.Reward));
            if (early - late <= Fell * Math.Sqrt(Math.Max(1e-9, mean * (1 - mean)) * (1.0 / half + 1.0 / (last.Count - half)))) break;
            last.RemoveRange(0, half);
        }
        return last;
    }

    /// <summary>What the version before would have got where decisions are taken as often as now: a mix that changed is not the new version's fault.</summary>
    private static double GivenDecisions(IReadOnlyList<RecentReward> now, List<RecentReward> before, double mean)
    {
        var of = before.GroupBy(r => r.Decision, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (g.Sum(r => r.Reward) + (Shrink * mean)) / (g.Count() + Shrink), StringComparer.Ordinal);
        return now.Average(r => of.GetValueOrDefault(r.Decision, mean));
    }
}
