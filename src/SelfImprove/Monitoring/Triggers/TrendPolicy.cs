using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Drift;
using SelfImprove.Statistics.Trend;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Fires where the champion's reward declines: a Bernoulli CUSUM (Reynolds and Stoumbos 1999) over its last judged tasks against its first ones, or a
/// single slice that collapses.
/// Mann-Kendall, ADWIN and Page-Hinkley over the same tasks are shown as evidence and decide nothing: at a like delay their false-alarm rates are
/// higher, or the other way round.
/// </summary>
/// <param name="thresholds">Calibrated thresholds.</param>
public sealed class TrendPolicy(TrendThresholds thresholds)
{
    // The sizes a reference grows through. The longer it is the less of the threshold goes on its own luck: at 1,000 a fall is found in half the time of 300.
    private static readonly int[] Sizes = [50, 100, 150, 200, 300, 400, 500, 700, 1_000];

    // What is tolerated is shared with the slices. The calibration knows nothing of the correction of a lucky reference, which a full one has: it takes away more than half of the
    // false alarms, so the calibration may be asked for more. Simulation of the whole shows what is tolerated to be kept.
    private const double ShareOfYoung = 0.9;
    private const double ShareOfFull = 2;
    private const double ShareOfSlices = 0.1;
    private const double Cap = 1.25;
    private const int Latest = 500;
    private const double Luck = 1.5;
    private const int Chunks = 20;

    /// <summary>Judges a champion's signals.</summary>
    public PolicyEvidence Decide(TriggerSettings trigger, VersionSignals? champion)
    {
        var judged = champion?.Judged ?? 0;
        var size = Sizes.LastOrDefault(s => 2 * s <= judged);
        if (champion is null || size == 0)
            return PolicyEvidence.No(TriggerKind.Trend, $"{judged} judged tasks of the champion; at least {2 * Sizes[0]} are needed, half of them as the reference.");
        var errors = ReferenceErrors(champion, size);
        var rate = Corrected((errors + 0.5) / (size + 1), size, champion);
        // All that came after the reference counts, as far as the ring goes: a small fall under wrong thumbs takes more than a window to prove.
        var all = champion.Recent.TakeLast((int)Math.Min(judged - size, champion.Recent.Count)).Select(r => r.Reward).ToArray();
        var options = thresholds.For(rate, size, (size < Sizes[^1] ? ShareOfYoung : ShareOfFull) * trigger.FalseAlarmsPerThousand);
        var (statistic, since, isAlarmed) = Cusum(all, rate, options);
        var slice = SliceCollapse.Find(champion.Slices, ShareOfSlices * trigger.FalseAlarmsPerThousand);
        var rewards = all[^Math.Min(all.Length, trigger.Window)..];
        var after = rewards.Length;
        var mix = MixSplit.Of(champion, after);
        var numbers = Numbers(rewards, rate, size, statistic, since, options.Threshold, slice);
        if (mix is not null) mix.AddTo(numbers);
        var mean = rewards.Average();
        if (isAlarmed)
        {
            var fallen = all.TakeLast(Math.Max(1, since)).Average();
            return PolicyEvidence.Yes(TriggerKind.Trend, "trend", FormattableString.Invariant(
                $"Reward fell from {1 - rate:0.000} (first {size} judged) to {fallen:0.000} over the last {since}: ")
                + FormattableString.Invariant($"evidence {statistic:0.0} against a threshold of {options.Threshold:0.0}.") + mix?.Words(), numbers);
        }
        return slice is { IsProven: true }
            ? PolicyEvidence.Yes(TriggerKind.Trend, "trend", FormattableString.Invariant(
                $"Reward of {slice.Slice} fell from {slice.Before:0.000} to {slice.Now:0.000} over its last {slice.Count} ")
                + FormattableString.Invariant($"(p {slice.PValue:0.0e+0}, {slice.Slices} slices looked at); the whole is at {mean:0.000}."), numbers)
            : PolicyEvidence.No(TriggerKind.Trend, FormattableString.Invariant(
                $"Reward is {mean:0.000} over the last {after} judged tasks, {1 - rate:0.000} over the first {size}: ")
                + FormattableString.Invariant($"evidence {statistic:0.0} of {options.Threshold:0.0}."), numbers);
    }

    /// <summary>Up to how many judged tasks a reference of that size serves; null where it is the last.</summary>
    internal static int? ServesUntil(int size) => Sizes.FirstOrDefault(s => s > size) is > 0 and var next ? 2 * next : null;

    /// <summary>
    /// Most false alarms come of a reference that was lucky. What came after it tells: where all but the latest erred more, the reference is moved towards that, by no more than
    /// such luck explains, so that a fall that has become a habit is still seen.
    /// </summary>
    private static double Corrected(double rate, int size, VersionSignals champion)
    {
        var past = champion.Judged - Math.Min(Latest, champion.Recent.Count);
        if (size < Sizes[^1] || past <= size) return rate;
        var since = 1 - ((champion.RewardSum - champion.Recent.TakeLast(Latest).Sum(r => r.Reward)) / past);
        return Math.Clamp(since, rate, rate + (Luck * Math.Sqrt(rate * (1 - rate) / size)));
    }

    // Young versions have all their rewards in the ring: half of them is the reference until there are 1,000. Older ones have the sum of their first 1,000.
    private static double ReferenceErrors(VersionSignals champion, int size) => champion.Judged <= champion.Recent.Count
        ? champion.Recent.Skip((int)(champion.Recent.Count - champion.Judged)).Take(size).Sum(r => 1 - r.Reward)
        : (champion.ReferenceCount - champion.ReferenceSum) * size / Math.Max(1, champion.ReferenceCount);

    /// <summary>
    /// The CUSUM at the end. It is not set back after an alarm, as the online form is, but kept from growing far beyond the threshold: a decline that lasts stays
    /// seen, one that has passed doesn't. A reward between 0 and 1 counts
    /// as that share of a success, which varies less than a thumb of the same mean.
    /// </summary>
    private static (double Statistic, int Since, bool IsAlarmed) Cusum(double[] rewards, double rate, BernoulliCusumOptions options)
    {
        var shifted = Math.Min(rate + options.Shift, (rate + 1) / 2);
        var (onError, onSuccess) = (Math.Log(shifted / rate), Math.Log((1 - shifted) / (1 - rate)));
        double statistic = 0;
        var (since, isAlarmed) = (0, false);
        foreach (var reward in rewards)
        {
            statistic = Math.Clamp(statistic + (1 - reward) * onError + reward * onSuccess, 0, Cap * options.Threshold);
            since = statistic > 0 ? since + 1 : 0;
            isAlarmed = statistic > options.Threshold;
        }
        return (statistic, since, isAlarmed);
    }

    private static Dictionary<string, double> Numbers(double[] rewards, double rate, int size, double statistic, int since, double threshold, SliceFall? slice)
    {
        var numbers = new Dictionary<string, double>
        {
            ["judged"] = rewards.Length, ["meanReward"] = rewards.Average(), ["referenceJudged"] = size, ["referenceReward"] = 1 - rate,
            ["cusum"] = statistic, ["cusumThreshold"] = threshold, ["cusumSince"] = since,
        };
        if (slice is not null)
        {
            numbers["worstSliceFall"] = slice.Before - slice.Now;
            numbers["worstSliceP"] = slice.PValue;
            numbers["slices"] = slice.Slices;
        }
        var (adwin, pageHinkley) = (new Adwin(), new PageHinkley(new PageHinkleyOptions(Threshold: 20, Direction: DriftDirection.Down)));
        var (adwinAt, pageHinkleyAt) = (-1, -1);
        for (var i = 0; i < rewards.Length; i++)
        {
            if (adwin.Update(rewards[i]) == DriftLevel.Drift) adwinAt = i;
            if (pageHinkley.Update(rewards[i]) == DriftLevel.Drift) pageHinkleyAt = i;
        }
        numbers["adwinAlarms"] = adwinAt >= 0 ? 1 : 0;
        numbers["pageHinkleyAlarms"] = pageHinkleyAt >= 0 ? 1 : 0;
        if (rewards.Length < Chunks) return numbers;
        var chunk = rewards.Length / Chunks;
        double[] means = [.. rewards.Skip(rewards.Length - chunk * Chunks).Chunk(chunk).Select(c => c.Average())];
        if (MannKendall.Test(means, 0.001) is not { } trend) return numbers;
        numbers["mannKendallZ"] = trend.Z;
        numbers["mannKendallP"] = trend.PValue;
        return numbers;
    }
}
