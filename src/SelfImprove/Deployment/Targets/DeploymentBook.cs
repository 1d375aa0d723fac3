using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using SelfImprove.Storage;

namespace SelfImprove.Deployment.Targets;

/// <summary>
/// The records of what is deployed, changed by compare-and-swap. One record decides every race between who needs a deployment and who removes it: who is about to
/// send traffic claims it first (<see cref="ClaimAsync"/>), and who removes it marks it <see cref="DeployedState.Retiring"/> first.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="documents">Reads and changes them.</param>
/// <param name="clock">Tells the time.</param>
public sealed class DeploymentBook(IObjectStore store, JsonDocuments documents, TimeProvider clock)
{
    private const string Root = "deployments/";

    /// <summary>How long a claim keeps a deployment while its claimant changes the routing.</summary>
    public static readonly TimeSpan ClaimFor = TimeSpan.FromHours(1);

    /// <summary>A version's record; null where the runtime never deployed it.</summary>
    public async Task<DeployedVersion?> ReadAsync(string agent, string version, CancellationToken cancellationToken = default) =>
        (await documents.ReadAsync<DeployedVersion>(PathOf(agent, version), cancellationToken))?.Value;

    /// <summary>All records, of one agent or of all.</summary>
    public async IAsyncEnumerable<DeployedVersion> ListAsync(string? agent = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in store.ListAsync(agent is null ? Root : $"{Root}{agent}/", cancellationToken: cancellationToken))
            if (await documents.ReadAsync<DeployedVersion>(entry.Path, cancellationToken) is { } found) yield return found.Value;
    }

    /// <summary>Records that a version is wanted: anew where there was none or nothing is left of it; as it is where it is there or on its way.</summary>
    public async Task<DeployedVersion> WantAsync(DeployedVersion wanted, CancellationToken cancellationToken = default)
    {
        var stored = await documents.UpdateAsync<DeployedVersion>(PathOf(wanted.Order.Agent, wanted.Order.Version), found => found switch
        {
            null => wanted,
            { State: DeployedState.Gone } => wanted with { Retirements = found.Retirements },
            // What failed once is tried again where it is; what its removal had been decided for is wanted again.
            { State: DeployedState.Failed } => found with { State = DeployedState.Deploying, Reason = null, Run = wanted.Run, KeepUntil = wanted.KeepUntil, RetireAt = null },
            { State: DeployedState.Deploying or DeployedState.Healthy } when found.RetireAt is not null || found.KeepUntil < wanted.KeepUntil =>
                found with { RetireAt = null, KeepUntil = wanted.KeepUntil ?? found.KeepUntil },
            { State: DeployedState.Retiring } when found.KeepUntil != wanted.KeepUntil => found with { KeepUntil = wanted.KeepUntil },
            _ => found,
        }, cancellationToken);
        return stored.Value;
    }

    /// <summary>Changes a record; nothing where there is none.</summary>
    /// <returns>The record as it is then.</returns>
    public async Task<DeployedVersion?> ChangeAsync(
        string agent, string version, Func<DeployedVersion, DeployedVersion> change, CancellationToken cancellationToken = default)
    {
        if (await ReadAsync(agent, version, cancellationToken) is null) return null;
        return (await documents.UpdateAsync<DeployedVersion>(PathOf(agent, version), found => change(found!), cancellationToken)).Value;
    }

    /// <summary>
    /// Keeps a version's deployment from being removed while traffic is sent to it. A version that was never deployed by the runtime answers wherever its model is:
    /// there is nothing to claim.
    /// </summary>
    /// <returns>Why no traffic may be sent to it; null where it may.</returns>
    public async Task<string?> ClaimAsync(string agent, string version, CancellationToken cancellationToken = default)
    {
        var until = clock.GetUtcNow() + ClaimFor;
        var record = await ChangeAsync(agent, version, r => r.State == DeployedState.Healthy ? r with { KeepUntil = until } : r, cancellationToken);
        return record is null or { State: DeployedState.Healthy }
            ? null
            : $"The deployment of {version} is {Words(record.State)}{(record.Reason is { } why ? $" ({why})" : "")}: it can't answer. Deploy {version} again first.";
    }

    /// <summary>Notes that a version answers.</summary>
    public async Task ServeAsync(DeployedVersion deployed, string serving, CancellationToken cancellationToken = default)
    {
        var (agent, version, model) = (deployed.Order.Agent, deployed.Order.Version, deployed.Order.Model);
        var record = await ChangeAsync(agent, version,
            r => r.State is DeployedState.Deploying or DeployedState.Failed || (r.State == DeployedState.Healthy && r.Serving != serving)
                ? r with { State = DeployedState.Healthy, Serving = serving, Reason = null }
                : r, cancellationToken);
        if (record?.State != DeployedState.Healthy) return;
        await documents.UpdateAsync<ServedModel>(ServingPath(model), found =>
        {
            var place = new ServedPlace(agent, version, serving);
            if (found is null) return new ServedModel(model, [place]);
            return found.Places.Contains(place) ? found : found with { Places = [.. Others(found, agent, version), place] };
        }, cancellationToken);
    }

    /// <summary>Notes that a version answers no more.</summary>
    public async Task WithdrawAsync(DeployedVersion deployed, CancellationToken cancellationToken = default)
    {
        var path = ServingPath(deployed.Order.Model);
        if (await documents.ReadAsync<ServedModel>(path, cancellationToken) is null) return;
        await documents.UpdateAsync<ServedModel>(path, found =>
        {
            var others = Others(found!, deployed.Order.Agent, deployed.Order.Version);
            return others.Count == found!.Places.Count ? found : found with { Places = others };
        }, cancellationToken);
    }

    /// <summary>Where a model answers; null where nobody ever deployed it.</summary>
    public async Task<ServedModel?> ServingAsync(string model, CancellationToken cancellationToken = default) =>
        (await documents.ReadAsync<ServedModel>(ServingPath(model), cancellationToken))?.Value;

    private static List<ServedPlace> Others(ServedModel served, string agent, string version) =>
        [.. served.Places.Where(p => p.Agent != agent || p.Version != version)];

    private static string Words(DeployedState state) => state switch
    {
        DeployedState.Deploying => "not ready yet",
        DeployedState.Failed => "not to be had",
        DeployedState.Retiring => "being removed",
        _ => "removed",
    };

    private static string PathOf(string agent, string version) => $"{Root}{StoragePath.Name(agent, "an agent")}/{StoragePath.Segment(version, "a version")}.json";

    private static string ServingPath(string model) => $"serving/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model)).AsSpan(0, 16))}.json";
}
