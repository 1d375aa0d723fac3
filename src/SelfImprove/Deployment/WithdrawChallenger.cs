using SelfImprove.Agents.Routing;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment;

/// <summary>Gives all traffic back to the champion; nothing to do where the experiment is not under way.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="experiments">The experiments' states.</param>
/// <param name="record">Writes the roll-back into the audit chain.</param>
public sealed class WithdrawChallenger(RoutingStore routing, ExperimentFile experiments, DecisionRecorder record) : Activity<WithdrawInput, RoutingOutcome>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<WithdrawInput, RoutingOutcome> Ref = new(nameof(WithdrawChallenger));

    /// <inheritdoc />
    public override async Task<RoutingOutcome> RunAsync(ActivityContext context, WithdrawInput input, CancellationToken cancellationToken)
    {
        var rollout = input.Rollout;
        await experiments.EndAsync(rollout, input.Outcome, cancellationToken);
        var change = await routing.ChangeAsync(
            rollout.Run.Agent, table => RoutingChanges.Withdraw(table, rollout.Experiment), rollout.Run.Run, cancellationToken);
        await record(
            rollout.Run, $"{rollout.Experiment}/withdraw", "rollback",
            new { rollout.Experiment, Withdrawn = rollout.Candidate, Champion = change.Table?.Champion, input.Outcome, input.Reason }, cancellationToken);
        return RoutingOutcome.Of(change);
    }
}
