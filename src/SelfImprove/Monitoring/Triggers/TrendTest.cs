using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Drift;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// The numbers of the trend trigger without its words: a Bernoulli CUSUM (Reynolds and Stoumbos 1999) of a version's last judged tasks against its first ones.
/// </summary>
/// <param name="Size">How many judged tasks the reference has.</param>
/// <param name="Rate">The reference's error rate, what was learned since included.</param>
/// <param name="Statistic">The evidence.</param>
/// <param name="Since">How many tasks ago it was last none: the likeliest moment of the change.</param>
/// <param name="Threshold">Above which the evidence raises the alarm.</param>
/// <param name="IsAlarmed">Whether it does.</param>
internal readonly record struct TrendTest(int Size, double Rate, double Statistic, int Since, double Threshold, bool IsAlarmed)
{
    /// <summary>The sizes a reference grows through: half of a young version's judged tasks. The longer it is the less of the threshold goes on its own luck.</summary>
    public static readonly IReadOnlyList<int> Sizes = [50, 100, 150, 200, 300, 400, 500, 700, 1_000];

    /// <summary>The latest judged tasks, from which a full reference learns nothing: a fall is to be compared with what was before it.</summary>
    public const int Latest = 500;

    /// <summary>How far beyond the threshold the evidence is kept, as a multiple of it.</summary>
    public const double Cap = 1.25;

    private const double Luck = 2;

    /// <summary>Tests the tasks after the reference; null where a version is too young for one.</summary>
    public static TrendTest? Of(VersionSignals champion, double falseAlarmsPerThousand, TrendThresholds thresholds)
    {
        var judged = champion.Judged;
        var size = Sizes.LastOrDefault(s => 2 * s <= judged);
        if (size == 0) return null;
        var rate = ReferenceRate(champion, size);
        var options = thresholds.For(rate, size, falseAlarmsPerThousand);
        var shifted = Math.Min(rate + options.Shift, (rate + 1) / 2);
        var (onError, onSuccess) = (Math.Log(shifted / rate), Math.Log((1 - shifted) / (1 - rate)));
        double statistic = 0;
        var since = 0;
        // All that came after the reference counts, as far as the ring goes. The sum is not set back after an alarm, as the online form's is, but kept from growing far beyond the
        // threshold: a decline that lasts stays seen, one that has passed doesn't. A reward between 0 and 1 counts as that share of a success, which varies less than a thumb of the
        // same mean.
        var recent = champion.Recent;
        for (var i = recent.Count - (int)Math.Min(judged - size, recent.Count); i < recent.Count; i++)
        {
            var reward = recent[i].Reward;
            statistic = Math.Clamp(statistic + ((1 - reward) * onError) + (reward * onSuccess), 0, Cap * options.Threshold);
            since = statistic > 0 ? since + 1 : 0;
        }
        return new TrendTest(size, rate, statistic, since, options.Threshold, statistic > options.Threshold);
    }

    /// <summary>Up to how many judged tasks a reference of that size serves; null where it is the last.</summary>
    public static int? ServesUntil(int size) => Sizes.FirstOrDefault(s => s > size) is > 0 and var next ? 2 * next : null;

    /// <summary>
    /// Most false alarms come of a reference that was lucky, most late ones of one that was unlucky. What came after it tells: a full reference follows all but the latest tasks, by
    /// no more than luck explains, so that a fall that has become a habit is still seen.
    /// </summary>
    /// <param name="first">The error rate of the first tasks.</param>
    /// <param name="since">The error rate of all tasks but the latest.</param>
    /// <param name="size">How many the first ones are.</param>
    public static double Corrected(double first, double since, int size)
    {
        var luck = Luck * Math.Sqrt(first * (1 - first) / size);
        return Math.Clamp(since, Math.Max(first / 2, first - luck), first + luck);
    }

    private static double ReferenceRate(VersionSignals champion, int size)
    {
        var first = (ReferenceErrors(champion, size) + 0.5) / (size + 1);
        var latest = Math.Min(Latest, champion.Recent.Count);
        var past = champion.Judged - latest;
        if (size < Sizes[^1] || past <= size) return first;
        var errors = past - champion.RewardSum;
        for (var i = champion.Recent.Count - latest; i < champion.Recent.Count; i++) errors += champion.Recent[i].Reward;
        return Corrected(first, (errors + 0.5) / (past + 1), size);
    }

    // Young versions have all their rewards in the ring: half of them is the reference until there are 1,000. Older ones have the sum of their first 1,000.
    private static double ReferenceErrors(VersionSignals champion, int size) => champion.Judged <= champion.Recent.Count
        ? champion.Recent.Skip((int)(champion.Recent.Count - champion.Judged)).Take(size).Sum(r => 1 - r.Reward)
        : (champion.ReferenceCount - champion.ReferenceSum) * size / Math.Max(1, champion.ReferenceCount);
}
