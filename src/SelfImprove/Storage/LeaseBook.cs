namespace SelfImprove.Storage;

/// <summary>
/// One run per agent and per group: leases by name under <c>leases/</c>, changed by compare-and-swap alone. A lease has no owner but the run, so
/// any process that works for the run may ask again, verify and release.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="clock">Decides what has expired.</param>
public sealed class LeaseBook(IObjectStore store, TimeProvider clock)
{
    private readonly JsonDocuments _documents = new(store);

    /// <summary>The lease of an agent.</summary>
    public static string ForAgent(string agent) => StoragePath.Name(agent, "an agent");

    /// <summary>The lease of a group; no agent's lease has such a name.</summary>
    public static string ForGroup(string group) => "group." + StoragePath.Name(group, "a group");

    /// <summary>Takes a lease that is free, expired, or held by this run already (which renews its expiry and changes nothing else).</summary>
    /// <param name="name">The lease: <see cref="ForAgent"/> or <see cref="ForGroup"/>.</param>
    /// <param name="run">The run.</param>
    /// <param name="expiry">How long it is good for without being asked for again; for ever where null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LeaseAnswer> TryAcquireAsync(string name, string run, TimeSpan? expiry = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(run);
        var now = clock.GetUtcNow();
        var expires = now + expiry;
        var stored = await _documents.UpdateAsync<Lease>(PathOf(name), found => found switch
        {
            null => new Lease(run, 1, expires),
            { Run: var holder } when holder == run && !IsOver(found, now) => found.Expires == expires ? found : found with { Expires = expires },
            { Run: not null } when !IsOver(found, now) => found,
            _ => new Lease(run, found.Epoch + 1, expires),
        }, cancellationToken).ConfigureAwait(false);
        return new LeaseAnswer(stored.Value.Run == run, stored.Value);
    }

    /// <summary>Makes sure that the run holds the lease; to be called before each act that spends, submits or routes.</summary>
    /// <returns>The lease; its epoch can fence what is written under it.</returns>
    /// <exception cref="LeaseLostException">It does not.</exception>
    public async Task<Lease> VerifyAsync(string name, string run, CancellationToken cancellationToken = default)
    {
        var found = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
        return found?.Run == run && !IsOver(found, clock.GetUtcNow()) ? found : throw new LeaseLostException(name, run, found);
    }

    /// <summary>Frees the lease where the run holds it, and remembers the epoch; false where it was not the run's.</summary>
    public async Task<bool> ReleaseAsync(string name, string run, CancellationToken cancellationToken = default)
    {
        while (await _documents.ReadAsync<Lease>(PathOf(name), cancellationToken).ConfigureAwait(false) is { } found && found.Value.Run == run)
        {
            var free = new Lease(null, found.Value.Epoch);
            var result = await _documents.WriteAsync(PathOf(name), free, WriteCondition.IfMatch(found.ETag), cancellationToken).ConfigureAwait(false);
            if (result.Written) return true;
        }
        return false;
    }

    /// <summary>The lease as it is; null where it was never taken.</summary>
    public async Task<Lease?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        (await _documents.ReadAsync<Lease>(PathOf(name), cancellationToken).ConfigureAwait(false))?.Value;

    private static bool IsOver(Lease lease, DateTimeOffset now) => lease.Expires <= now;

    private static string PathOf(string name) => $"leases/{StoragePath.Segment(name, "a lease")}.json";
}
