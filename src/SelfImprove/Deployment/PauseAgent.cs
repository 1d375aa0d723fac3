using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>Takes an agent out of operation for a run where the manifest says so (<c>deployment.whileImproving: pause</c>); nothing to do where it
/// does not.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="audit">Writes the traffic change into the audit chain.</param>
/// <param name="guard">Whether the run may still act.</param>
public sealed class PauseAgent(RoutingStore routing, PinnedManifests manifests, AuditLog audit, RunGuard guard) : Activity<PauseInput, RoutingOutcome>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<PauseInput, RoutingOutcome> Ref = new(nameof(PauseAgent));

    /// <inheritdoc />
    public override async Task<RoutingOutcome> RunAsync(ActivityContext context, PauseInput input, CancellationToken cancellationToken)
    {
        await guard.EnsureActiveAsync(input.Run, cancellationToken);
        var deployment = (await manifests.GetAsync(input.Run, cancellationToken)).Deployment;
        if (deployment.WhileImproving != WhileImproving.Pause)
            return new RoutingOutcome((await routing.GetAsync(input.Run.Agent, cancellationToken))?.Revision ?? 0, null);
        var pause = new PausedRoute(input.Run.Run, deployment.FallbackVersion, input.Until);
        var change = await routing.ChangeAsync(input.Run.Agent, table => RoutingChanges.Pause(table, pause), input.Run.Run, cancellationToken);
        if (change.Holds)
            await audit.AppendAsync(
                input.Run.Agent, new AuditRecord("agentPaused", input.Run.Run, "runtime", new { pause.Fallback, pause.Until }, context.Key), cancellationToken);
        return RoutingOutcome.Of(change);
    }
}
