using System.Collections.Concurrent;
using SelfImprove.Monitoring.Events;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Log;

/// <summary>
/// Writes events to the log. One per process; its writer id is new at every start, so that no two processes ever append to one
/// segment. An awaited append returns after its bytes are on stable storage; appends that come while a flush is under way share the
/// next one (group commit). Thread-safe. An agent's events keep the order in which its calls came.
/// </summary>
public sealed class EventLog : IAsyncDisposable
{
    [ThreadStatic] private static LogLines? _lines;

    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _timers;
    private readonly EventLogOptions _options;
    private readonly DirtyAgents? _dirty;
    private readonly ConcurrentDictionary<string, LogLane> _lanes = new(StringComparer.Ordinal);

    /// <summary>Creates the writer.</summary>
    /// <param name="store">Where the log is.</param>
    /// <param name="clock">Names the hours; may be simulated.</param>
    /// <param name="options">How to write; the defaults suit a local folder.</param>
    /// <param name="writer">The writer id, <c>[a-z0-9]{1,63}</c>: unique per process start; made up from the clock and a random part where null.</param>
    /// <param name="timers">Runs flush windows and waits between attempts; the system's where null, so that a simulated clock that stands still holds
    /// up no flush.</param>
    /// <param name="dirty">Marks agents whose log grows, for a host that visits marked ones alone; null where the host visits all.</param>
    public EventLog(
        IObjectStore store, TimeProvider clock, EventLogOptions? options = null, string? writer = null, TimeProvider? timers = null, DirtyAgents? dirty = null)
    {
        (_store, _clock, _options, _timers, _dirty) = (store, clock, options ?? new EventLogOptions(), timers ?? TimeProvider.System, dirty);
        Writer = writer ?? Guid.CreateVersion7(clock.GetUtcNow()).ToString("n");
        if (Writer.Length is 0 or > 63 || !Writer.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            throw new ArgumentException($"The writer id '{Writer}' must be 1 to 63 characters of a-z and 0-9.", nameof(writer));
    }

    /// <summary>This process's writer id.</summary>
    public string Writer { get; }

    /// <summary>Posted events that were lost: the queue was full, or their flush failed. Nothing acknowledged is among them.</summary>
    public long Lost => _lanes.Values.Sum(l => l.Lost);

    /// <summary>Appends an interaction; returns once it is on stable storage.</summary>
    /// <exception cref="EventLogFullException">Too much waits already.</exception>
    /// <exception cref="EventLogWriteException">The store failed.</exception>
    public Task AppendAsync(string agent, Interaction interaction)
    {
        var lines = Lines();
        lines.Add(interaction);
        return AppendAsync(agent, lines);
    }

    /// <summary>Appends feedback; returns once it is on stable storage.</summary>
    /// <exception cref="EventLogFullException">Too much waits already.</exception>
    /// <exception cref="EventLogWriteException">The store failed.</exception>
    public Task AppendAsync(string agent, Feedback feedback)
    {
        var lines = Lines();
        lines.Add(feedback);
        return AppendAsync(agent, lines);
    }

    /// <summary>Appends several events, in one piece; returns once they are on stable storage. The lines may be reused as soon as the call returned
    /// its task.</summary>
    /// <exception cref="EventLogFullException">Too much waits already.</exception>
    /// <exception cref="EventLogWriteException">The store failed.</exception>
    public Task AppendAsync(string agent, LogLines lines) => lines.Count == 0 ? Task.CompletedTask : Lane(agent).Append(lines.Bytes.Span);

    /// <summary>
    /// Takes an interaction and flushes it soon, without telling when; false where the queue is full and the event was dropped. For
    /// the gateway, whose answer is no acknowledgement.
    /// </summary>
    public bool Post(string agent, Interaction interaction)
    {
        var lines = Lines();
        lines.Add(interaction);
        return Lane(agent).Post(lines.Bytes.Span, lines.Count);
    }

    /// <summary>Flushes all that is waiting, posted events included; returns once it is on stable storage.</summary>
    /// <exception cref="EventLogWriteException">The store failed.</exception>
    public Task DrainAsync() => Task.WhenAll(_lanes.Values.Select(l => l.DrainAsync()));

    /// <summary>Drains, then stops the timers. A failing store is not reported again: awaited appends had their answer.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes.Values) await lane.DisposeAsync().ConfigureAwait(false);
    }

    private LogLane Lane(string agent) => _lanes.TryGetValue(agent, out var lane)
        ? lane
        : _lanes.GetOrAdd(agent, static (a, log) => new LogLane(log._store, log._clock, log._timers, log._options, a, log.Writer, log._dirty), this);

    private static LogLines Lines()
    {
        var lines = _lines ??= new LogLines();
        lines.Clear();
        return lines;
    }
}
