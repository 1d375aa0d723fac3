using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Telemetry;

namespace SelfImprove.Deployment;

/// <summary>Makes the challenger the champion, once: a second run finds it so.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="experiments">The experiments' states.</param>
/// <param name="audit">Writes the promotion into the audit chain.</param>
/// <param name="guard">Whether the run may still act.</param>
public sealed class PromoteChallenger(RoutingStore routing, ExperimentFile experiments, AuditLog audit, RunGuard guard) : Activity<PromoteInput, RoutingOutcome>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<PromoteInput, RoutingOutcome> Ref = new(nameof(PromoteChallenger));

    /// <inheritdoc />
    public override async Task<RoutingOutcome> RunAsync(ActivityContext context, PromoteInput input, CancellationToken cancellationToken)
    {
        var rollout = input.Rollout;
        ProductTelemetry.Tag(TelemetryNames.AgentVersion, rollout.Candidate);
        await guard.EnsureActiveAsync(rollout.Run, cancellationToken);
        var state = await experiments.EndAsync(rollout, nameof(RolloutOutcome.Promoted), cancellationToken);
        if (state is not { Ended: nameof(RolloutOutcome.Promoted) })
            return new RoutingOutcome(0, $"the experiment ended before: {state?.Ended ?? "it never began"}.");
        if (state.Settled) return RoutingOutcome.Of(RoutingChange.Already((await routing.GetAsync(rollout.Run.Agent, cancellationToken))!));

        var change = await routing.ChangeAsync(
            rollout.Run.Agent, table => RoutingChanges.Promote(table, rollout.Experiment, rollout.Candidate), rollout.Run.Run, cancellationToken);
        if (!change.Holds) return RoutingOutcome.Of(change);
        var evidence = new { rollout.Experiment, From = rollout.Champion, To = rollout.Candidate, input.Reading };
        await audit.AppendAsync(rollout.Run.Agent, new AuditRecord("promoted", rollout.Run.Run, "runtime", evidence, context.Key), cancellationToken);
        await experiments.SettleAsync(rollout, cancellationToken);
        return RoutingOutcome.Of(change);
    }
}
