using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment;

/// <summary>Gives all traffic back to the champion; nothing to do where the experiment is not under way.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="experiments">The experiments' states.</param>
/// <param name="shadows">The shadow stages' states.</param>
/// <param name="audit">Writes the roll-back into the audit chain.</param>
public sealed class WithdrawChallenger(RoutingStore routing, ExperimentFile experiments, ShadowFile shadows, AuditLog audit) : Activity<WithdrawInput, RoutingOutcome>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<WithdrawInput, RoutingOutcome> Ref = new(nameof(WithdrawChallenger));

    /// <inheritdoc />
    public override async Task<RoutingOutcome> RunAsync(ActivityContext context, WithdrawInput input, CancellationToken cancellationToken)
    {
        var rollout = input.Rollout;
        await experiments.EndAsync(rollout, input.Outcome, cancellationToken);
        if (rollout.Shadows) await shadows.EndAsync(rollout, input.Outcome, cancellationToken);
        var change = await routing.ChangeAsync(
            rollout.Run.Agent, table => RoutingChanges.Withdraw(table, rollout.Experiment), rollout.Run.Run, cancellationToken);
        var evidence = new { rollout.Experiment, Withdrawn = rollout.Candidate, change.Table?.Champion, input.Outcome, input.Reason };
        await audit.AppendAsync(rollout.Run.Agent, new AuditRecord("withdrawn", rollout.Run.Run, "runtime", evidence, context.Key), cancellationToken);
        return RoutingOutcome.Of(change);
    }
}
