using SelfImprove.Agents.Routing;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment;

/// <summary>Makes the challenger the champion, once: a second run finds it so.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="experiments">The experiments' states.</param>
/// <param name="record">Writes the promotion into the audit chain.</param>
public sealed class PromoteChallenger(RoutingStore routing, ExperimentFile experiments, DecisionRecorder record) : Activity<PromoteInput, RoutingOutcome>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<PromoteInput, RoutingOutcome> Ref = new(nameof(PromoteChallenger));

    /// <inheritdoc />
    public override async Task<RoutingOutcome> RunAsync(ActivityContext context, PromoteInput input, CancellationToken cancellationToken)
    {
        var rollout = input.Rollout;
        var state = await experiments.EndAsync(rollout, nameof(RolloutOutcome.Promoted), cancellationToken);
        if (state is not { Ended: nameof(RolloutOutcome.Promoted) })
            return new RoutingOutcome(0, $"the experiment ended before: {state?.Ended ?? "it never began"}.");
        if (state.Settled) return RoutingOutcome.Of(RoutingChange.Already((await routing.GetAsync(rollout.Run.Agent, cancellationToken))!));

        var change = await routing.ChangeAsync(
            rollout.Run.Agent, table => RoutingChanges.Promote(table, rollout.Experiment, rollout.Candidate), rollout.Run.Run, cancellationToken);
        if (!change.Holds) return RoutingOutcome.Of(change);
        await record(
            rollout.Run, $"{rollout.Experiment}/promote", "promotion",
            new { rollout.Experiment, From = rollout.Champion, To = rollout.Candidate, input.Reading }, cancellationToken);
        await experiments.SettleAsync(rollout, cancellationToken);
        return RoutingOutcome.Of(change);
    }
}
