using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment.Targets;

/// <summary>What <see cref="PrepareDeployment"/> found.</summary>
/// <param name="Refusal">Why the version can't be deployed; null where it can.</param>
/// <param name="ReadyWithin">How long it may take.</param>
public sealed record PreparedDeployment(string? Refusal, TimeSpan ReadyWithin);

/// <summary>Decides whether a version may be deployed, charges what that costs, and records that it is wanted: from then on it will be removed, whatever happens.</summary>
public sealed class PrepareDeployment(
    DeploymentTargets targets, DeploymentBook book, ManifestStore manifests, PinnedManifests pinned, VersionStore versions, SpendBook spend, AuditLog audit,
    RunGuard guard, TimeProvider clock)
    : Activity<DeployInput, PreparedDeployment>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<DeployInput, PreparedDeployment> Ref = new(nameof(PrepareDeployment));

    /// <summary>How long a deployment that a person asked for is kept without traffic.</summary>
    public static readonly TimeSpan KeptForPeople = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public override async Task<PreparedDeployment> RunAsync(ActivityContext context, DeployInput input, CancellationToken cancellationToken)
    {
        if (input.Run is { } run) await guard.EnsureActiveAsync(run, cancellationToken);
        var manifest = input.Run is null
            ? (await manifests.GetAsync(input.Agent, cancellationToken))?.Manifest
            : await pinned.GetAsync(input.Run, cancellationToken);
        if (manifest is null) return Refused($"There is no agent {input.Agent}.");
        if (await versions.GetAsync(input.Agent, input.Version, cancellationToken) is not { } version) return Refused($"{input.Agent} has no version {input.Version}.");
        var settings = manifest.Deployment;
        if (targets.Refusal(settings.Target, settings.Profile) is { } refusal) return Refused(refusal);
        try
        {
            if (input.Run is not null && settings.Price > 0)
                await spend.ChargeAsync(input.Run, manifest.Budget, $"{input.Run.Run}/deploy/{input.Version}", $"deployment of {input.Version}", settings.Price, cancellationToken);
        }
        catch (BudgetExceededException tooDear)
        {
            return Refused(tooDear.Message);
        }
        var order = new DeploymentOrder(input.Agent, input.Version, version.Model, settings.Profile);
        var wanted = new DeployedVersion
        {
            Order = order, Target = settings.Target, State = DeployedState.Deploying, CreatedAt = clock.GetUtcNow(), Run = input.Run?.Run,
            KeepUntil = input.Run is null ? clock.GetUtcNow() + settings.ReadyWithin + KeptForPeople : null,
        };
        var record = await book.WantAsync(wanted, cancellationToken);
        if (record.State == DeployedState.Deploying)
            await audit.AppendAsync(
                input.Agent, new AuditRecord("deploymentOrdered", input.Run?.Run, "runtime", new { input.Version, settings.Target, settings.Profile }, context.Key), cancellationToken);
        return new PreparedDeployment(null, settings.ReadyWithin);

        PreparedDeployment Refused(string why) => new(why, default);
    }
}
