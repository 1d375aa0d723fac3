using SelfImprove.Agents.Manifests;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>Fires where improving now is expected to bring at least <c>minimumReturn</c> more than it costs.</summary>
public static class ReturnPolicy
{
    /// <summary>Judges an estimate.</summary>
    /// <param name="trigger">The policy's settings.</param>
    /// <param name="estimate">What planning expects; null where it can't say.</param>
    public static PolicyEvidence Decide(TriggerSettings trigger, ReturnEstimate? estimate)
    {
        if (estimate is null) return PolicyEvidence.No(TriggerKind.Return, "Too little is known to estimate a return.");
        var numbers = new Dictionary<string, double>
        {
            ["gainUsd"] = (double)estimate.GainUsd,
            ["costUsd"] = (double)estimate.CostUsd,
            ["netUsd"] = (double)estimate.NetUsd,
            ["minimumUsd"] = (double)trigger.MinimumReturn,
        };
        var text = FormattableString.Invariant($"{estimate.Summary}: {estimate.GainUsd:0.##} USD for {estimate.CostUsd:0.##}, {estimate.NetUsd:0.##} net; ")
            + FormattableString.Invariant($"at least {trigger.MinimumReturn:0.##} is asked for.");
        return estimate.NetUsd >= trigger.MinimumReturn
            ? PolicyEvidence.Yes(TriggerKind.Return, "return", text, numbers)
            : PolicyEvidence.No(TriggerKind.Return, text, numbers);
    }
}
