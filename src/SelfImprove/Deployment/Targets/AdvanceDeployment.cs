using SelfImprove.Audit;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment.Targets;

/// <summary>The input of <see cref="AdvanceDeployment"/>.</summary>
/// <param name="Deploy">What is deployed.</param>
/// <param name="Operation">What the last look named.</param>
/// <param name="GiveUp">Why the waiting ends without success; null where it goes on.</param>
public sealed record AdvanceDeploymentInput(DeployInput Deploy, string? Operation, string? GiveUp = null);

/// <summary>Takes a deployment's next step, or sees how far the last one is; keeps the outcome.</summary>
public sealed class AdvanceDeployment(DeploymentTargets targets, DeploymentBook book, AuditLog audit, RunGuard guard) : Activity<AdvanceDeploymentInput, EndpointStatus>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<AdvanceDeploymentInput, EndpointStatus> Ref = new(nameof(AdvanceDeployment));

    /// <inheritdoc/>
    public override async Task<EndpointStatus> RunAsync(ActivityContext context, AdvanceDeploymentInput input, CancellationToken cancellationToken)
    {
        var (agent, version, run) = (input.Deploy.Agent, input.Deploy.Version, input.Deploy.Run);
        if (run is not null) await guard.EnsureActiveAsync(run, cancellationToken);
        var record = await book.ReadAsync(agent, version, cancellationToken)
            ?? throw new InvalidOperationException($"There is no record of the deployment of {version} of {agent}: was the store changed?");
        if (input.GiveUp is { } why) return await FailAsync(context, input, EndpointStatus.Failed(why), cancellationToken);
        switch (record.State)
        {
            case DeployedState.Retiring:
                return EndpointStatus.Working($"an earlier deployment of {version} is being removed");
            case DeployedState.Gone:
                // Its removal has ended meanwhile: it is wanted anew.
                record = await book.WantAsync(record with { State = DeployedState.Deploying, Serving = null, Reason = null, RetireAt = null, Run = run?.Run }, cancellationToken);
                break;
        }
        var status = await targets.Get(record.Target).AdvanceAsync(record.Order, input.Operation, cancellationToken);
        switch (status.State)
        {
            case EndpointState.Failed or EndpointState.Gone:
                return await FailAsync(context, input, status, cancellationToken);
            case EndpointState.Healthy:
                var isNew = record.State != DeployedState.Healthy;
                await book.ServeAsync(record, status.Serving ?? record.Order.Model, cancellationToken);
                if (isNew)
                    await audit.AppendAsync(agent, new AuditRecord("deployed", run?.Run, "runtime", new { version, record.Target, status.Serving }, context.Key), cancellationToken);
                return status;
            default:
                return status;
        }
    }

    private async Task<EndpointStatus> FailAsync(ActivityContext context, AdvanceDeploymentInput input, EndpointStatus status, CancellationToken cancellationToken)
    {
        var (agent, version) = (input.Deploy.Agent, input.Deploy.Version);
        var record = await book.ChangeAsync(agent, version,
            r => r.State is DeployedState.Deploying or DeployedState.Healthy ? r with { State = DeployedState.Failed, Reason = status.Reason } : r, cancellationToken);
        if (record is not null) await book.WithdrawAsync(record, cancellationToken);
        await audit.AppendAsync(agent, new AuditRecord("deploymentFailed", input.Deploy.Run?.Run, "runtime", new { version, status.Reason }, context.Key), cancellationToken);
        return status with { State = EndpointState.Failed };
    }
}
