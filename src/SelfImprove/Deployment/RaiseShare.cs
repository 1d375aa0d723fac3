using SelfImprove.Agents.Routing;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment;

/// <summary>Gives the challenger more traffic.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="record">Writes the traffic change into the audit chain.</param>
public sealed class RaiseShare(RoutingStore routing, DecisionRecorder record) : Activity<RaiseShareInput, RoutingOutcome>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<RaiseShareInput, RoutingOutcome> Ref = new(nameof(RaiseShare));

    /// <inheritdoc />
    public override async Task<RoutingOutcome> RunAsync(ActivityContext context, RaiseShareInput input, CancellationToken cancellationToken)
    {
        var change = await routing.ChangeAsync(
            input.Run.Agent, table => RoutingChanges.RaiseShare(table, input.Experiment, input.Share), input.Run.Run, cancellationToken);
        if (change.Holds)
            await record(input.Run, $"{input.Experiment}/share/{input.Share:R}", "traffic", new { input.Experiment, input.Share, input.Evidence }, cancellationToken);
        return RoutingOutcome.Of(change);
    }
}
