using System.Diagnostics;
using SelfImprove.Telemetry;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>Tells of decisions of triggers.</summary>
internal static class TriggerTelemetry
{
    /// <summary>Tells of one; a look that found no agent is none.</summary>
    public static void Decided(Activity? span, TriggerDecision? decision)
    {
        if (decision is null)
        {
            span.Drop();
            return;
        }
        var outcome = decision.Outcome.ToString().ToLowerInvariant();
        var fired = decision.Start is { } start ? PolicyEvidence.Word(start.Cause.Kind) : decision.Policies.FirstOrDefault(p => p.Fired) is { } policy ? PolicyEvidence.Word(policy.Kind) : null;
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(TelemetryNames.Outcome, outcome).SetTag(TelemetryNames.Generation, decision.Generation);
            if (fired is not null) span.SetTag(TelemetryNames.Trigger, fired);
            if (decision.Start?.Run is { } run) span.SetTag(TelemetryNames.Run, run);
        }
        var tags = new TagList { { TelemetryNames.AgentName, decision.Agent }, { TelemetryNames.Outcome, outcome } };
        if (fired is not null) tags.Add(TelemetryNames.Trigger, fired);
        ProductMetrics.Decisions.Add(1, tags);
    }
}
