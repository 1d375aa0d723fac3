using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Drift;
using SelfImprove.Statistics.Trend;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Fires where the champion's reward declines: a Bernoulli CUSUM (Reynolds and Stoumbos 1999) over its last judged tasks against its first ones, a
/// single slice that collapses, or a new version that is worse than the one before it.
/// Mann-Kendall, ADWIN and Page-Hinkley over the same tasks are shown as evidence and decide nothing: at a like delay their false-alarm rates are
/// higher, or the other way round.
/// </summary>
/// <param name="thresholds">Calibrated thresholds.</param>
public sealed class TrendPolicy(TrendThresholds thresholds)
{
    // What is tolerated is shared. A young version changes its reference again and again, each time with new luck that its calibration doesn't know of; simulation of the whole shows
    // what is tolerated to be kept, of versions that live long and of such as follow each other soon.
    private const double ShareOfYoung = 0.35;
    private const double ShareOfFull = 0.75;
    private const double ShareOfSlices = 0.1;
    private const double ShareOfPredecessor = 0.1;
    private const int Chunks = 20;

    /// <summary>Judges a champion's signals.</summary>
    /// <param name="trigger">The policy's settings.</param>
    /// <param name="champion">The signals of the version that serves.</param>
    /// <param name="previous">The version that served before it; null where there is none to compare with.</param>
    /// <param name="predecessor">That version's signals.</param>
    public PolicyEvidence Decide(TriggerSettings trigger, VersionSignals? champion, string? previous = null, VersionSignals? predecessor = null)
    {
        var judged = champion?.Judged ?? 0;
        var verdict = champion is null ? null : Judge(trigger, champion, previous, predecessor);
        if (champion is null || verdict is null || (verdict.Whole is null && verdict.Predecessor is not { IsProven: true }))
            return PolicyEvidence.No(TriggerKind.Trend, $"{judged} judged tasks of the champion; at least {2 * TrendTest.Sizes[0]} are needed, half of them as the reference.");
        var (whole, slice, fall) = (verdict.Whole, verdict.Slice, verdict.Predecessor);
        var after = (int)Math.Min(judged - (whole?.Size ?? 0), champion.Recent.Count);
        var rewards = champion.Recent.TakeLast(Math.Min(after, trigger.Window)).Select(r => r.Reward).ToArray();
        after = rewards.Length;
        var mix = MixSplit.Of(champion, after);
        var numbers = Numbers(rewards, verdict);
        if (mix is not null) mix.AddTo(numbers);
        var mean = rewards.Average();
        if (whole is { IsAlarmed: true } alarm)
        {
            var fallen = champion.Recent.TakeLast(Math.Max(1, alarm.Since)).Average(r => r.Reward);
            return PolicyEvidence.Yes(TriggerKind.Trend, "trend", FormattableString.Invariant(
                $"Reward fell from {1 - alarm.Rate:0.000} (first {alarm.Size} judged) to {fallen:0.000} over the last {alarm.Since}: ")
                + FormattableString.Invariant($"evidence {alarm.Statistic:0.0} against a threshold of {alarm.Threshold:0.0}.") + mix?.Words(), numbers);
        }
        if (fall is { IsProven: true })
            return PolicyEvidence.Yes(TriggerKind.Trend, "trend", FormattableString.Invariant(
                $"Reward is {fall.Now:0.000} over the {fall.Count} judged tasks that the version has; {fall.Before:0.000} was to be expected of the version before it, {fall.Version}, ")
                + FormattableString.Invariant($"by its last {fall.BeforeCount} (p {fall.PValue:0.0e+0})."), numbers);
        return slice is { IsProven: true }
            ? PolicyEvidence.Yes(TriggerKind.Trend, "trend", FormattableString.Invariant(
                $"Reward of {slice.Slice} fell from {slice.Before:0.000} to {slice.Now:0.000} over its last {slice.Count} ")
                + FormattableString.Invariant($"(p {slice.PValue:0.0e+0}, {slice.Slices} slices looked at); the whole is at {mean:0.000}."), numbers)
            : PolicyEvidence.No(TriggerKind.Trend, FormattableString.Invariant(
                $"Reward is {mean:0.000} over the last {after} judged tasks, {1 - whole!.Value.Rate:0.000} over the first {whole.Value.Size}: ")
                + FormattableString.Invariant($"evidence {whole.Value.Statistic:0.0} of {whole.Value.Threshold:0.0}."), numbers);
    }

    /// <summary>What decides, without what is only shown.</summary>
    internal TrendVerdict Judge(TriggerSettings trigger, VersionSignals champion, string? previous = null, VersionSignals? predecessor = null) => new(
        TrendTest.Of(champion, (champion.Judged < 2 * TrendTest.Sizes[^1] ? ShareOfYoung : ShareOfFull) * trigger.FalseAlarmsPerThousand, thresholds),
        SliceCollapse.Find(champion.Slices, ShareOfSlices * trigger.FalseAlarmsPerThousand),
        PredecessorFall.Of(champion, previous, predecessor, ShareOfPredecessor * trigger.FalseAlarmsPerThousand));

    private static Dictionary<string, double> Numbers(double[] rewards, TrendVerdict verdict)
    {
        var numbers = new Dictionary<string, double> { ["judged"] = rewards.Length, ["meanReward"] = rewards.Average() };
        if (verdict.Whole is { } whole)
        {
            (numbers["referenceJudged"], numbers["referenceReward"]) = (whole.Size, 1 - whole.Rate);
            (numbers["cusum"], numbers["cusumThreshold"], numbers["cusumSince"]) = (whole.Statistic, whole.Threshold, whole.Since);
        }
        if (verdict.Slice is { } slice) (numbers["worstSliceFall"], numbers["worstSliceP"], numbers["slices"]) = (slice.Before - slice.Now, slice.PValue, slice.Slices);
        if (verdict.Predecessor is { } fall) (numbers["predecessorReward"], numbers["predecessorJudged"], numbers["predecessorP"]) = (fall.Before, fall.BeforeCount, fall.PValue);
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

/// <summary>What the trend trigger's three tests say.</summary>
/// <param name="Whole">The version against its own first tasks; null where it is too young.</param>
/// <param name="Slice">The slice that fell most surely; null where none is known well enough.</param>
/// <param name="Predecessor">The version against the one before; null where there is none, or it no longer is new.</param>
internal sealed record TrendVerdict(TrendTest? Whole, SliceFall? Slice, PredecessorFall? Predecessor)
{
    /// <summary>Whether any of them fires.</summary>
    public bool Fires => Whole is { IsAlarmed: true } || Slice is { IsProven: true } || Predecessor is { IsProven: true };
}
