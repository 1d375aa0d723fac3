using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Deployment.Targets;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Loop;

/// <summary>What a run starts from.</summary>
/// <param name="Refusal">Why it may not start; null where it may.</param>
/// <param name="ManifestRevision">The revision it is pinned to.</param>
/// <param name="Champion">The version that serves.</param>
/// <param name="Mode">The autonomy.</param>
/// <param name="MaxRounds">Rounds at most.</param>
/// <param name="MaxWaitTime">The longest it waits for traffic.</param>
/// <param name="Pause">Whether the agent is out of operation meanwhile.</param>
/// <param name="Approvals">The gates; <see cref="ApprovalSettings.Deploy"/> is true in mode <c>approve</c>.</param>
public sealed record OpenedRun(
    string? Refusal, int ManifestRevision, string Champion, ImprovementMode Mode, int MaxRounds, TimeSpan MaxWaitTime, bool Pause, ApprovalSettings Approvals)
{
    /// <summary>How candidates are deployed before they answer; null where they answer where they are (target <c>router</c>).</summary>
    public RunDeployment? Deployment { get; init; }

    /// <summary>Whether candidates are tested in the champion's shadow before they get traffic.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public bool Shadows { get; init; }
}

/// <summary>How a run deploys its candidates.</summary>
/// <param name="KeepFor">How long a replaced champion's deployment is kept.</param>
/// <param name="MirrorPercent">The share of the endpoint's own traffic that is copied to a challenger in the shadow stage.</param>
public sealed record RunDeployment(TimeSpan KeepFor, int MirrorPercent);

/// <summary>Takes the agent's lease (and its group's), pins the manifest, and writes the cause into the audit.</summary>
public sealed class OpenRun(
    ManifestStore manifests, RoutingStore routing, LeaseBook leases, JsonDocuments documents, DeploymentTargets targets, AuditLog audit)
    : Activity<ImprovementInput, OpenedRun>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<ImprovementInput, OpenedRun> Ref = new(nameof(OpenRun));

    /// <inheritdoc/>
    public override async Task<OpenedRun> RunAsync(ActivityContext context, ImprovementInput input, CancellationToken cancellationToken)
    {
        var path = new RunRef(input.Agent, input.Run, 0, 0).Path("opened.json");
        var opened = (await documents.ReadAsync<OpenedRun>(path, cancellationToken))?.Value;
        if (opened is null)
        {
            opened = await TryAsync(input, cancellationToken);
            if (opened.Refusal is not null)
            {
                ProductMetrics.Runs.Add(1, new(TelemetryNames.AgentName, input.Agent), new(TelemetryNames.Ending, nameof(ImprovementEnding.Refused)));
                return opened;
            }
            await documents.WriteAsync(path, opened, default, cancellationToken);
        }
        await audit.AppendAsync(
            input.Agent, new AuditRecord("runStarted", input.Run, input.Cause.By, new { input.Cause, opened.ManifestRevision, opened.Champion, opened.Mode },
                context.Key), cancellationToken);
        return opened;
    }

    private async Task<OpenedRun> TryAsync(ImprovementInput input, CancellationToken cancellationToken)
    {
        static OpenedRun Refused(string why) => new(why, 0, "", ImprovementMode.Off, 0, default, false, new ApprovalSettings());
        if (await manifests.GetAsync(input.Agent, cancellationToken) is not { } current) return Refused($"There is no agent {input.Agent}.");
        if (await routing.GetAsync(input.Agent, cancellationToken) is not { } table)
            return Refused($"{input.Agent} has no version that serves; register one first.");
        var manifest = current.Manifest;
        if (manifest.Improvement.Mode == ImprovementMode.Off) return Refused($"improvement.mode of {input.Agent} is off.");
        // Before anything is spent: what can't be deployed need not be trained.
        if (targets.Refusal(manifest.Deployment.Target, manifest.Deployment.Profile) is { } noTarget) return Refused(noTarget);
        var own = await leases.TryAcquireAsync(LeaseBook.ForAgent(input.Agent), input.Run, cancellationToken: cancellationToken);
        if (!own.Held) return Refused($"Run {own.Lease.Run} holds {input.Agent}; one at a time.");
        if (manifest.Group is { } group && !(await leases.TryAcquireAsync(LeaseBook.ForGroup(group), input.Run, cancellationToken: cancellationToken)).Held)
        {
            await leases.ReleaseAsync(LeaseBook.ForAgent(input.Agent), input.Run, cancellationToken);
            return Refused($"Another agent of group {group} is improving; one at a time.");
        }
        var approvals = manifest.Improvement.Mode == ImprovementMode.Approve ? manifest.Approvals with { Deploy = true } : manifest.Approvals;
        return new OpenedRun(
            null, current.Revision, table.Champion, manifest.Improvement.Mode, manifest.Planning.MaxRounds, manifest.Planning.MaxWaitTime,
            manifest.Deployment.WhileImproving == WhileImproving.Pause, approvals)
        {
            Deployment = manifest.Deployment.Target == DeploymentSettings.RouterTarget
                ? null
                : new RunDeployment(manifest.Deployment.KeepFor, manifest.Deployment.MirrorPercent),
            Shadows = manifest.Deployment.Rollout.Shadow.Requests > 0,
        };
    }
}
