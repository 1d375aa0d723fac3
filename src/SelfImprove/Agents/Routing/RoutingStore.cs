using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Agents.Routing;

/// <summary>The routing tables, <c>agents/{agent}/routing.json</c>, changed by compare-and-swap only.</summary>
public sealed class RoutingStore
{
    private const int Attempts = 50;
    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly CurrentObjects<RoutingTable> _current;

    /// <summary>Over a store.</summary>
    /// <param name="store">Where tables are kept.</param>
    /// <param name="clock">Stamps changes, and tells how old what is in memory is.</param>
    public RoutingStore(IObjectStore store, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        _current = new CurrentObjects<RoutingTable>(async (agent, cancellationToken) => (await ReadAsync(agent, cancellationToken)).Table, clock);
    }

    /// <summary>The table as it is in the store now; null where the agent has no version yet.</summary>
    public async Task<RoutingTable?> GetAsync(string agent, CancellationToken cancellationToken = default) => (await ReadAsync(agent, cancellationToken)).Table;

    /// <summary>The table for serving: from memory, at most 5 s old; a change made through this process is seen at once.</summary>
    public ValueTask<RoutingTable?> CurrentAsync(string agent, CancellationToken cancellationToken = default) =>
        StoragePath.IsName(agent) ? _current.GetAsync(agent, cancellationToken) : default;

    /// <summary>Makes the first table; where there is one, it stays as it is and is given back.</summary>
    public async Task<RoutingTable> CreateAsync(string agent, string champion, string? changedBy, CancellationToken cancellationToken = default)
    {
        StoragePath.Name(agent, "an agent");
        var table = new RoutingTable { Revision = 1, Champion = champion, ChangedBy = changedBy, ChangedAt = _clock.GetUtcNow() };
        if (!(await _store.WriteAsync(PathOf(agent), Serialize(table), WriteCondition.IfAbsent, cancellationToken)).Written)
            table = await GetAsync(agent, cancellationToken) ?? throw new TransientException($"The routing table of {agent} was deleted while it was read.");
        await _current.SetAsync(agent, table, cancellationToken);
        return table;
    }

    /// <summary>Changes a table: its revision grows by one, unless the change finds it so already or refuses.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="change">A pure transition of <see cref="RoutingChanges"/>; tried again on the newer table where another change came first.</param>
    /// <param name="changedBy">The run; null for a person.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TransientException">Too many others changed it at the same time.</exception>
    public async Task<RoutingChange> ChangeAsync(
        string agent, Func<RoutingTable, RoutingChange> change, string? changedBy, CancellationToken cancellationToken = default)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (table, etag) = await ReadAsync(agent, cancellationToken);
            if (table is null) return RoutingChange.Refused(null, $"Agent {agent} has no version yet: register one first.");
            var outcome = change(table);
            if (!outcome.Changed)
            {
                await _current.SetAsync(agent, table, cancellationToken);
                return outcome;
            }
            var changed = outcome.Table! with { Revision = table.Revision + 1, ChangedBy = changedBy, ChangedAt = _clock.GetUtcNow() };
            if (!(await _store.WriteAsync(PathOf(agent), Serialize(changed), WriteCondition.IfMatch(etag!), cancellationToken)).Written) continue;
            await _current.SetAsync(agent, changed, cancellationToken);
            return RoutingChange.To(changed);
        }
        throw new TransientException($"The routing table of {agent} is too busy: {Attempts} changes met another.");
    }

    private static string PathOf(string agent) => $"agents/{agent}/routing.json";

    private static byte[] Serialize(RoutingTable table) => JsonSerializer.SerializeToUtf8Bytes(table, SeamJson.Indented);

    private async Task<(RoutingTable? Table, string? ETag)> ReadAsync(string agent, CancellationToken cancellationToken)
    {
        if (!StoragePath.IsName(agent)) return (null, null);
        var stored = await _store.ReadAsync(PathOf(agent), cancellationToken: cancellationToken);
        return stored is null ? (null, null) : (JsonSerializer.Deserialize<RoutingTable>(stored.Bytes.Span, SeamJson.Options), stored.ETag);
    }
}
