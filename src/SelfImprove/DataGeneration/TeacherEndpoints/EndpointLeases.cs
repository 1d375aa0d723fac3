using System.Runtime.CompilerServices;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>The leases of teachers' endpoints, changed by compare-and-swap: one record decides between who wants an endpoint and who removes it.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="documents">Reads and changes them.</param>
/// <param name="clock">Tells the time.</param>
public sealed class EndpointLeases(IObjectStore store, JsonDocuments documents, TimeProvider clock)
{
    private const string Root = "endpoints/";
    private static readonly Dictionary<string, DateTimeOffset> Nobody = [];

    /// <summary>A lease; null where the endpoint was never wanted.</summary>
    public async Task<EndpointLease?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        (await documents.ReadAsync<EndpointLease>(PathOf(name), cancellationToken))?.Value;

    /// <summary>All leases.</summary>
    public async IAsyncEnumerable<EndpointLease> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in store.ListAsync(Root, cancellationToken: cancellationToken))
            if (await documents.ReadAsync<EndpointLease>(entry.Path, cancellationToken) is { } found) yield return found.Value;
    }

    /// <summary>Takes hold of an endpoint; false while it is being removed: then ask again later.</summary>
    public async Task<bool> HoldAsync(TeacherEndpoint endpoint, string holder, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var stored = await documents.UpdateAsync<EndpointLease>(PathOf(endpoint.Name), found => found switch
        {
            null => new EndpointLease(endpoint, LeaseState.Wanted, new Dictionary<string, DateTimeOffset> { [holder] = now }),
            { State: LeaseState.Removing } => found,
            _ when found.Holders.ContainsKey(holder) => found,
            _ => found with { State = LeaseState.Wanted, Holders = new Dictionary<string, DateTimeOffset>(found.Holders) { [holder] = now }, IdleSince = null },
        }, cancellationToken);
        return stored.Value.State == LeaseState.Wanted && stored.Value.Holders.ContainsKey(holder);
    }

    /// <summary>Lets go of an endpoint.</summary>
    /// <returns>The number of the removal that is now due; null where others hold it, or there is nothing to remove.</returns>
    public async Task<int?> ReleaseAsync(string name, string holder, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var lease = await ChangeAsync(name, found =>
        {
            if (!found.Holders.ContainsKey(holder)) return found;
            var left = found.Holders.Where(h => h.Key != holder).ToDictionary();
            return found with { Holders = left, IdleSince = left.Count == 0 ? now : null };
        }, cancellationToken);
        return lease is { State: LeaseState.Wanted, Holders.Count: 0 } ? lease.Removals + 1 : null;
    }

    /// <summary>Decides to remove an endpoint, where nobody holds it; from then on nobody can, until it is gone.</summary>
    /// <returns>Whether it is (still) to be removed by this removal.</returns>
    public async Task<EndpointLease?> BeginRemovalAsync(string name, int removal, CancellationToken cancellationToken = default)
    {
        var lease = await ChangeAsync(name, found => found is { State: LeaseState.Wanted, Holders.Count: 0 } && removal == found.Removals + 1
            ? found with { State = LeaseState.Removing, Removals = removal, Serving = null }
            : found, cancellationToken);
        return lease is { State: LeaseState.Removing } && lease.Removals == removal ? lease : null;
    }

    /// <summary>Notes that nothing is left of it.</summary>
    public Task EndRemovalAsync(string name, int removal, CancellationToken cancellationToken = default) => ChangeAsync(name,
        found => found.State == LeaseState.Removing && found.Removals == removal ? found with { State = LeaseState.Gone, Holders = Nobody, IdleSince = null } : found, cancellationToken);

    /// <summary>Notes that it answers, for those who hold it.</summary>
    public Task ServeAsync(string name, string serving, CancellationToken cancellationToken = default) => ChangeAsync(name,
        found => found.State == LeaseState.Wanted && found.Serving != serving ? found with { Serving = serving } : found, cancellationToken);

    private async Task<EndpointLease?> ChangeAsync(string name, Func<EndpointLease, EndpointLease> change, CancellationToken cancellationToken)
    {
        if (await ReadAsync(name, cancellationToken) is null) return null;
        return (await documents.UpdateAsync<EndpointLease>(PathOf(name), found => change(found!), cancellationToken)).Value;
    }

    private static string PathOf(string name) => $"{Root}{StoragePath.Segment(name, "an endpoint")}.json";
}
