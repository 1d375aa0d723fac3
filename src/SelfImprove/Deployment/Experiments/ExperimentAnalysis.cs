using System.Globalization;
using SelfImprove.Statistics;
using SelfImprove.Statistics.SampleRatio;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Deployment.Experiments;

/// <summary>
/// Decides an experiment: pure, and valid at every look, however many there are. Promotion reads the lower end of the reward's two-sided confidence
/// sequence at alpha. Harm has alpha of its own: <see cref="RewardShare"/> of it for a one-sided bound on the reward, the rest for the guardrails together.
/// So a false promotion and a false roll-back have a chance of at most alpha each.
/// </summary>
public static class ExperimentAnalysis
{
    /// <summary>
    /// The share of alpha that the reward's harm gets: most harm shows there, and a fall in reward is far smaller against its noise than the jumps that
    /// guardrails are for. By simulation a fall of .90 to .80 is found after a median of 402 requests at 0.7, and some 375 at 0.9.
    /// </summary>
    public const double RewardShare = 0.9;

    private const int Guardrails = 3;

    /// <summary>What the requests so far say.</summary>
    /// <param name="state">The requests so far.</param>
    /// <param name="rules">By what it is decided.</param>
    /// <param name="superiorityProven">Whether paired, independently labelled items proved the challenger better: then it is enough that it is not
    /// worse now.</param>
    public static ExperimentReading Read(ExperimentState state, ExperimentRules rules, bool superiorityProven)
    {
        var reward = state.Reward;
        var sequence = new AsymptoticConfidenceSequence(rules.Alpha, ExperimentRules.TunedFor);
        var interval = reward.Interval(sequence, pseudoCounts: true) ?? new ConfidenceInterval(-1, 1);
        var (decision, reason) = Decide(state, rules, superiorityProven, interval);
        return new ExperimentReading(
            decision, reason, state.Requests, reward.Champion.Count, reward.Challenger.Count, reward.Champion.Mean, reward.Challenger.Mean,
            Math.Clamp(reward.Difference, -1, 1), Math.Max(-1, interval.Lower), Math.Min(1, interval.Upper), Caveat(state, sequence));
    }

    private static (ExperimentDecision Decision, string Reason) Decide(
        ExperimentState state, ExperimentRules rules, bool superiorityProven, ConfidenceInterval interval)
    {
        if (SampleRatioSequence.PValueOfSurplus(state.KeySurplus, state.KeyVariance) is { } p && p < ExperimentRules.SampleRatioLevel)
            return (ExperimentDecision.Void, Text($"the split is broken: {state.ChallengerKeys} of {state.Keys.Count} callers got the challenger, {state.ChallengerKeys - state.KeySurplus:0} were expected (p = {p:0.0e0}); look for lost records or a caller that bypasses the router"));
        if (BrokenGuardrail(state, rules) is { } broken) return (ExperimentDecision.RollBack, broken);

        var (fewestKeys, fewestJudged) = (Math.Min(state.ChampionKeys, state.ChallengerKeys), Math.Min(state.Reward.Champion.Count, state.Reward.Challenger.Count));
        if (fewestKeys < rules.MinKeys) return (ExperimentDecision.KeepWaiting, Text($"{fewestKeys} callers on the smaller side, {rules.MinKeys} wanted"));
        if (fewestJudged < rules.MinObservations)
            return (ExperimentDecision.KeepWaiting, Text($"{fewestJudged} judged requests on the smaller side, {rules.MinObservations} wanted"));

        var numbers = Text($"reward {state.Reward.Difference:+0.000;-0.000} [{interval.Lower:+0.000;-0.000}, {interval.Upper:+0.000;-0.000}] after {state.Reward.Count} judged requests");
        var harm = new AsymptoticConfidenceSequence(RewardShare * rules.HarmShare * rules.Alpha, ExperimentRules.TunedFor);
        if (harm.Upper(state.Reward.Count, state.Reward.Difference, state.Reward.Variance(pseudoCounts: true)) is { } atMost && atMost < 0)
            return (ExperimentDecision.RollBack, Text($"harm is proven (at most {atMost:+0.000;-0.000}): {numbers}"));
        if (interval.Lower > 0) return (ExperimentDecision.Promote, $"better in live traffic: {numbers}");
        if (superiorityProven && interval.Lower > -rules.Margin)
            return (ExperimentDecision.Promote, Text($"proven better on validation items, and not worse by {rules.Margin:0.###} in live traffic: {numbers}"));
        return (ExperimentDecision.KeepWaiting, $"nothing proven yet: {numbers}");
    }

    private static string? BrokenGuardrail(ExperimentState state, ExperimentRules rules)
    {
        var sequence = new AsymptoticConfidenceSequence((1 - RewardShare) * rules.HarmShare * rules.Alpha / Guardrails, ExperimentRules.TunedFor);
        var slower = Math.Max(ExperimentRules.LatencyToleranceMs, ExperimentRules.LatencyTolerance * state.Latency.Champion.Mean);
        return Harm(state.Errors, sequence, rules, 0, true) is { } errors ? Text($"the challenger fails more often: {errors}")
            : Harm(state.NoAnswers, sequence, rules, 0, true) is { } none ? Text($"the challenger answers less often: {none} of requests without an answer")
            : Harm(state.Latency, sequence, rules, slower, false) is { } slow ? Text($"the challenger is slower: {slow} ms (tolerated: {slower:0} ms)")
            : null;
    }

    private static string? Harm(MeasureSums measure, AsymptoticConfidenceSequence sequence, ExperimentRules rules, double tolerance, bool rate)
    {
        if (Math.Min(measure.Champion.Count, measure.Challenger.Count) < rules.MinObservations) return null;
        return sequence.Lower(measure.Count, measure.Difference, measure.Variance(rate)) is { } atLeast && atLeast > tolerance
            ? Text($"{measure.Champion.Mean:0.###} to {measure.Challenger.Mean:0.###}, a difference of at least {atLeast:+0.###;-0.###}")
            : null;
    }

    /// <summary>Feedback is compared among those who give it: where the two versions are judged unlike often, the comparison is of two publics.</summary>
    private static string? Caveat(ExperimentState state, AsymptoticConfidenceSequence sequence) =>
        state.Responses.Interval(sequence, pseudoCounts: true) is { } interval && !interval.Contains(0)
            ? Text($"the versions are judged unlike often ({state.Responses.Champion.Mean:0.0%} of the champion's requests, {state.Responses.Challenger.Mean:0.0%} of the challenger's): the happy and the unhappy answer at different rates")
            : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
