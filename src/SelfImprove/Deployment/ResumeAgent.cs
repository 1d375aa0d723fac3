using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>Puts an agent back into operation after its run's pause; nothing to do where this run has paused nothing.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="audit">Writes the traffic change into the audit chain.</param>
public sealed class ResumeAgent(RoutingStore routing, AuditLog audit) : Activity<RunRef, RoutingOutcome>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<RunRef, RoutingOutcome> Ref = new(nameof(ResumeAgent));

    /// <inheritdoc />
    public override async Task<RoutingOutcome> RunAsync(ActivityContext context, RunRef input, CancellationToken cancellationToken)
    {
        var change = await routing.ChangeAsync(
            input.Agent, table =>
                table.Pause?.Run == input.Run ? RoutingChanges.Resume(table, input.Run) : RoutingChange.Already(table), input.Run, cancellationToken);
        if (change.Changed)
            await audit.AppendAsync(input.Agent, new AuditRecord("agentResumed", input.Run, "runtime", new { change.Table!.Champion }, context.Key),
                cancellationToken);
        return RoutingOutcome.Of(change);
    }
}
