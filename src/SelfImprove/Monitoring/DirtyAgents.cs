using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring;

/// <summary>
/// Agents that something happened to (<c>dirty/{agent}</c>), for hosts whose timers visit those alone, so that an agent that rests costs nothing.
/// <para>
/// Nothing that happens is missed. Whoever writes for an agent marks it before and, where that took long, after: so at the moment of an acknowledgement the mark is
/// at most <see cref="Renewal"/> old. A visit reads the mark, then looks at the agent, then removes that very mark (by ETag), and only one that is older than
/// <see cref="Rest"/>: by then what it stands for has been stored for minutes, and the visit has seen it. Clocks of hosts may differ by up to the difference of the two.
/// A process that dies anywhere leaves a mark too many, never one too few. Thread-safe.
/// </para>
/// </summary>
/// <param name="store">Where the marks are.</param>
/// <param name="clock">Dates them.</param>
public sealed class DirtyAgents(IObjectStore store, TimeProvider clock)
{
    /// <summary>How often a process renews an agent's mark at the most: 1 minute. In between, marking costs nothing.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromMinutes(1);

    /// <summary>How long an agent is visited after its last mark: 10 minutes.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    private const string Root = "dirty/";
    private readonly ConcurrentDictionary<string, DateTimeOffset> _marked = new(StringComparer.Ordinal);

    /// <summary>Marks an agent, or makes sure that this process did within the last <see cref="Renewal"/>.</summary>
    public ValueTask MarkAsync(string agent, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        return _marked.TryGetValue(agent, out var at) && at <= now && now - at < Renewal ? default : new ValueTask(WriteAsync(agent, now, cancellationToken));
    }

    /// <summary>The marked agents, by name.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default)
    {
        var agents = new List<string>();
        await foreach (var entry in store.ListAsync(Root, cancellationToken: cancellationToken).ConfigureAwait(false))
            if (StoragePath.IsName(entry.Path[Root.Length..])) agents.Add(entry.Path[Root.Length..]);
        return agents;
    }

    /// <summary>An agent's mark, to be read before the agent is looked at; null where there is none.</summary>
    public async Task<DirtyMark?> ReadAsync(string agent, CancellationToken cancellationToken = default)
    {
        var stored = await store.ReadAsync(PathOf(agent), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (stored is null) return null;
        // What can't be read counts as fresh for ever: it is renewed by the next event, and then goes.
        var isTime = DateTimeOffset.TryParse(Encoding.ASCII.GetString(stored.Bytes.Span), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at);
        return new DirtyMark(agent, isTime ? at : DateTimeOffset.MaxValue, stored.ETag);
    }

    /// <summary>Removes a mark where it is old enough and nobody has renewed it since it was read; false otherwise.</summary>
    public async Task<bool> TryRestAsync(DirtyMark mark, CancellationToken cancellationToken = default) =>
        mark.At <= clock.GetUtcNow() - Rest && await store.DeleteAsync(PathOf(mark.Agent), mark.ETag, cancellationToken).ConfigureAwait(false);

    private static string PathOf(string agent) => Root + StoragePath.Name(agent, "an agent");

    private async Task WriteAsync(string agent, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var time = Encoding.ASCII.GetBytes(now.ToString("O", CultureInfo.InvariantCulture));
        await store.WriteAsync(PathOf(agent), time, cancellationToken: cancellationToken).ConfigureAwait(false);
        _marked[agent] = now;
    }
}

/// <summary>An agent's mark as it was read.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="At">When it was last renewed.</param>
/// <param name="ETag">Its version.</param>
public sealed record DirtyMark(string Agent, DateTimeOffset At, string ETag);
