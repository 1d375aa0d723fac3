using System.Diagnostics;
using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Critic;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Telemetry;

namespace SelfImprove.Loop;

/// <summary>
/// One look at an agent: fold its log, let the critic check what is new and the planner look for what would pay, ask the triggers, and start the run
/// that they call for.
/// Both hosts call it, on a timer; the demo and the laboratory after every batch of traffic. Every step may be repeated.
/// </summary>
public sealed class AgentWatch(
    ManifestStore manifests, Aggregator aggregator, TrafficCritic critic, Introspection introspection, RequestBook requests, TriggerEvaluator triggers,
    RunRegister register, RunTraces traces, RecentTraces recent, IOrchestrationClient client, TimeProvider clock)
{
    /// <summary>Looks.</summary>
    /// <returns>What the triggers decided; null where there is no such agent.</returns>
    public async Task<TriggerDecision?> LookAsync(string agent, CancellationToken cancellationToken = default)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is null) return null;
        await EndRunAsync(agent, cancellationToken);
        var signals = await aggregator.FoldAsync(agent, cancellationToken);
        var seen = await critic.LookAsync(agent, cancellationToken);
        if (seen.RequestsImprovement)
            await requests.AskAsync(agent, $"critic-{clock.GetUtcNow().UtcDateTime:yyyy-MM-dd}", new Requester(RequesterKind.Critic),
                seen.Evidence ?? "Checks fail.", cancellationToken);
        await introspection.LookAsync(agent, signals, cancellationToken);
        using var trace = ProductTelemetry.StartTrace("decide", [new(TelemetryNames.AgentName, agent)]);
        var decision = await triggers.EvaluateAsync(agent, cancellationToken);
        TriggerTelemetry.Decided(trace.Span, decision);
        if (decision?.Start is { } start)
        {
            await traces.BeginAsync(agent, start.Run, PolicyEvidence.Word(start.Cause.Kind), () => recent.FindAsync(agent, cancellationToken), trace.Span, cancellationToken);
            await client.StartAsync(ImprovementLoop.Ref, start.Run, new ImprovementInput(agent, start.Run, start.Cause), cancellationToken);
            await register.ConfirmStartedAsync(agent, start.Run, cancellationToken);
        }
        return decision;
    }

    /// <summary>Frees the agent for the next run once the last has ended, whichever way: also where it was terminated from outside.</summary>
    private async Task EndRunAsync(string agent, CancellationToken cancellationToken)
    {
        if (await register.ActiveAsync(agent, cancellationToken) is { } run && await client.GetAsync(run, cancellationToken) is { HasEnded: true })
            await register.EndAsync(agent, run, cancellationToken);
    }
}
