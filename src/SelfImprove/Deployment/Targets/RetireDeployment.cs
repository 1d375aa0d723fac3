using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Targets;

/// <summary>The input of <see cref="RetireDeployment"/>.</summary>
/// <param name="Retire">What goes.</param>
/// <param name="Operation">What the last look named.</param>
public sealed record RetireDeploymentInput(RetireInput Retire, string? Operation);

/// <summary>
/// Takes a version's deployment away, a step at a time, unless traffic is sent to it: then it is healthy and kept. Marked as retiring before anything is deleted, so
/// that nobody is sent to it from then on.
/// </summary>
public sealed class RetireDeployment(DeploymentTargets targets, DeploymentBook book, RoutingStore routing, ManifestStore manifests, AuditLog audit, TimeProvider clock)
    : Activity<RetireDeploymentInput, EndpointStatus>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<RetireDeploymentInput, EndpointStatus> Ref = new(nameof(RetireDeployment));

    /// <inheritdoc/>
    public override async Task<EndpointStatus> RunAsync(ActivityContext context, RetireDeploymentInput input, CancellationToken cancellationToken)
    {
        var (agent, version) = (input.Retire.Agent, input.Retire.Version);
        var record = await book.ReadAsync(agent, version, cancellationToken);
        if (record is null or { State: DeployedState.Gone }) return EndpointStatus.Gone;
        if (record.State != DeployedState.Retiring)
        {
            var isUsed = await IsUsedAsync(agent, version, cancellationToken);
            var before = record.State;
            record = await book.ChangeAsync(agent, version, r => r switch
            {
                { State: DeployedState.Gone or DeployedState.Retiring } => r,
                // Wanted again since its removal was decided, claimed, or in use: it stays until somebody decides anew.
                _ when isUsed || r.KeepUntil > clock.GetUtcNow() || r.RetireAt is null => r with { RetireAt = null },
                _ => r with { State = DeployedState.Retiring },
            }, cancellationToken);
            if (record is null or { State: DeployedState.Gone }) return EndpointStatus.Gone;
            if (record.State != DeployedState.Retiring) return EndpointStatus.Healthy(record.Serving);
            if (await IsUsedAsync(agent, version, cancellationToken))
            {
                await book.ChangeAsync(agent, version, r => r.State == DeployedState.Retiring ? r with { State = before, RetireAt = null } : r, cancellationToken);
                return EndpointStatus.Healthy(record.Serving);
            }
        }
        await book.WithdrawAsync(record, cancellationToken);
        var status = await targets.Get(record.Target).RemoveAsync(record.Order, input.Operation, cancellationToken);
        if (status.State != EndpointState.Gone) return status.State == EndpointState.Working ? status : EndpointStatus.Working(status.Reason);
        await audit.AppendAsync(
            agent, new AuditRecord("deploymentRemoved", record.Run, "runtime", new { version, record.Target, input.Retire.Reason }, context.Key), cancellationToken);
        await book.ChangeAsync(agent, version,
            r => r.State == DeployedState.Retiring ? r with { State = DeployedState.Gone, Serving = null, RetireAt = null } : r, cancellationToken);
        return EndpointStatus.Gone;
    }

    private async Task<bool> IsUsedAsync(string agent, string version, CancellationToken cancellationToken) =>
        VersionUse.IsUsed(version, await routing.GetAsync(agent, cancellationToken), (await manifests.GetAsync(agent, cancellationToken))?.Manifest);
}
