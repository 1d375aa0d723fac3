using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>Gives the challenger more traffic.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="audit">Writes the traffic change into the audit chain.</param>
/// <param name="guard">Whether the run may still act.</param>
public sealed class RaiseShare(RoutingStore routing, AuditLog audit, RunGuard guard) : Activity<RaiseShareInput, RoutingOutcome>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<RaiseShareInput, RoutingOutcome> Ref = new(nameof(RaiseShare));

    /// <inheritdoc />
    public override async Task<RoutingOutcome> RunAsync(ActivityContext context, RaiseShareInput input, CancellationToken cancellationToken)
    {
        await guard.EnsureActiveAsync(input.Run, cancellationToken);
        var change = await routing.ChangeAsync(
            input.Run.Agent, table => RoutingChanges.RaiseShare(table, input.Experiment, input.Share), input.Run.Run, cancellationToken);
        if (change.Holds)
            await audit.AppendAsync(
                input.Run.Agent, new AuditRecord("shareRaised", input.Run.Run, "runtime", new { input.Experiment, input.Share, input.Evidence }, context.Key),
                cancellationToken);
        return RoutingOutcome.Of(change);
    }
}
