using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Targets;

/// <summary>
/// Finds deployments that nobody sends traffic to and nobody is about to remove (their run was terminated; a person rolled back), and starts their removal. Both
/// hosts call it on a timer; it costs one listing where nothing was ever deployed.
/// </summary>
/// <param name="book">What is deployed.</param>
/// <param name="routing">Where traffic is sent.</param>
/// <param name="manifests">The present manifests.</param>
/// <param name="client">Tells which runs and removals have ended.</param>
/// <param name="clock">Tells the time.</param>
public sealed class DeploymentJanitor(DeploymentBook book, RoutingStore routing, ManifestStore manifests, IOrchestrationClient client, TimeProvider clock)
{
    /// <summary>What the engine does not know (any more) is given so long before it counts as ended.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    /// <summary>Looks at every deployment; gives how many removals it started.</summary>
    public async Task<int> TidyAsync(CancellationToken cancellationToken = default)
    {
        var started = 0;
        var now = clock.GetUtcNow();
        await foreach (var record in book.ListAsync(cancellationToken: cancellationToken))
        {
            var (agent, version) = (record.Order.Agent, record.Order.Version);
            if (record.State == DeployedState.Gone || record.KeepUntil > now) continue;
            if (record.Run is { } run && !await HasEndedAsync(run, record.CreatedAt, cancellationToken)) continue;
            if (record.Retirement is { } retirement && record.RetireAt is { } at && !await HasEndedAsync(retirement, at, cancellationToken)) continue;
            var manifest = (await manifests.GetAsync(agent, cancellationToken))?.Manifest;
            var table = await routing.GetAsync(agent, cancellationToken);
            if (record.State != DeployedState.Retiring && VersionUse.IsUsed(version, table, manifest)) continue;
            var keep = table?.PreviousChampions.Contains(version) == true && record.State == DeployedState.Healthy ? manifest?.Deployment.KeepFor ?? default : default;
            var id = RetireVersion.InstanceId(agent, version, $"janitor-{record.Retirements + 1}");
            if (await client.StartAsync(RetireVersion.Ref, id, new RetireInput(agent, version, now + keep, "nobody uses it"), cancellationToken)) started++;
        }
        return started;
    }

    private async Task<bool> HasEndedAsync(string instance, DateTimeOffset since, CancellationToken cancellationToken) =>
        await client.GetAsync(instance, cancellationToken) is { } state ? state.HasEnded : clock.GetUtcNow() - since >= Forgotten;
}
