using System.Globalization;
using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Statistics;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Deployment.Shadow;

/// <summary>
/// Decides a shadow stage: pure, and valid at every look, however many there are. It only ever proves harm: by a one-sided bound on the scorer's differences, which gets
/// <see cref="ScoreShare"/> of the stage's alpha, and on the guardrails (errors, form, latency), which share the rest; where nobody compares the answers they have it all.
/// </summary>
public static class ShadowAnalysis
{
    /// <summary>As in the A/B test (<see cref="ExperimentAnalysis.RewardShare"/>): most harm shows there, and it is small against its noise.</summary>
    public const double ScoreShare = ExperimentAnalysis.RewardShare;

    private const int Guardrails = 3;

    /// <summary>What the pairs so far say.</summary>
    public static ShadowReading Read(ShadowState state, ShadowRules rules)
    {
        var score = state.Score;
        var interval = Sequence(rules, 1).TwoSided(score.Count, score.Difference, score.Variance(pseudoCounts: true)) ?? new ConfidenceInterval(-1, 1);
        var (low, high) = (Math.Max(-1, interval.Lower), Math.Min(1, interval.Upper));
        var (decision, reason) = Decide(state, rules, low, high);
        return new ShadowReading(
            decision, reason, state.Pairs, rules.Requests, state.Scorer.Words, score.Count, score.More, score.Less, score.Difference, low, high,
            (int)state.Errors.Champion.Sum, (int)state.Errors.Challenger.Sum, (int)state.Invalid.Champion.Sum, (int)state.Invalid.Challenger.Sum,
            state.CostUsd, Caveat(state, rules));
    }

    private static (ShadowDecision Decision, string Reason) Decide(ShadowState state, ShadowRules rules, double low, double high)
    {
        var numbers = state.Score.Count == 0
            ? Text($"{state.Pairs} of {rules.Requests} requests answered by both")
            : Text($"{state.Pairs} of {rules.Requests} requests answered by both, {state.Score.Count} compared by {state.Scorer.Words}: {state.Score.More} better, {state.Score.Less} worse ({state.Score.Difference:+0.000;-0.000;0.000} [{low:+0.000;-0.000}, {high:+0.000;-0.000}])");
        if (state.Keys.Count >= rules.MinKeys)
        {
            if (BrokenGuardrail(state, rules) is { } broken) return (ShadowDecision.Withdraw, $"{broken}; {numbers}");
            if (Sequence(rules, ScoreShare).Upper(state.Score.Count, state.Score.Difference, state.Score.Variance(pseudoCounts: true)) is { } atMost && atMost < 0)
                return (ShadowDecision.Withdraw, Text($"harm is proven (at most {atMost:+0.000;-0.000}): {numbers}"));
        }
        return state.Pairs >= rules.Requests ? (ShadowDecision.Pass, $"no harm is proven: {numbers}") : (ShadowDecision.KeepWaiting, numbers);
    }

    private static string? BrokenGuardrail(ShadowState state, ShadowRules rules)
    {
        var sequence = Sequence(rules, (state.Scorer.Kind == ShadowScorerKind.None ? 1 : 1 - ScoreShare) / Guardrails);
        var slower = Math.Max(ExperimentRules.LatencyToleranceMs, ExperimentRules.LatencyTolerance * state.Latency.Champion.Mean);
        return Harm(state.Errors, sequence, 0, true) is { } errors ? $"the challenger fails more often: {errors}"
            : Harm(state.Invalid, sequence, 0, true) is { } invalid ? $"the challenger more often gives answers that the agent may not give: {invalid} of its answers"
            : Harm(state.Latency, sequence, slower, false) is { } slow ? Text($"the challenger is slower: {slow} ms (tolerated: {slower:0} ms)")
            : null;
    }

    private static string? Harm(PairedSums measure, AsymptoticConfidenceSequence sequence, double tolerance, bool rate) =>
        sequence.Lower(measure.Count, measure.Difference, measure.Variance(rate)) is { } atLeast && atLeast > tolerance
            ? Text($"{measure.Champion.Mean:0.###} to {measure.Challenger.Mean:0.###}, a difference of at least {atLeast:+0.###;-0.###}")
            : null;

    // The bounds are narrowest where the stage is to end.
    private static AsymptoticConfidenceSequence Sequence(ShadowRules rules, double share) =>
        new(share * rules.Alpha, Math.Clamp(rules.Requests, 50, ExperimentRules.TunedFor), ShadowSettings.FewestRequests);

    private static string? Caveat(ShadowState state, ShadowRules rules)
    {
        var caveats = new List<string>();
        if (state.Scorer.Why is { } why) caveats.Add(why);
        if (state.Keys.Count < rules.MinKeys && state.Pairs >= ShadowSettings.FewestRequests)
            caveats.Add(Text($"{state.Keys.Count} callers, fewer than the {rules.MinKeys} that harm could be proven with"));
        if (state.Unscored > 0) caveats.Add(Text($"{state.Unscored} pairs could not be compared by {state.Scorer.Words}"));
        return caveats.Count == 0 ? null : string.Join("; ", caveats);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
