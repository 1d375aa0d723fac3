using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Log;

/// <summary>
/// One agent's queue and flusher. Bytes are gathered into a batch; its callers share one task. While a batch is being written, the
/// next one fills. The flusher runs only while there is something to do.
/// </summary>
internal sealed class LogLane(
    IObjectStore store, TimeProvider clock, TimeProvider timers, EventLogOptions options, string agent, string writer, DirtyAgents? dirty) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SegmentWriter _segments = new(store, clock, timers, options, agent, writer);
    private readonly LinkedList<LogBatch> _batches = [];
    private LogBatch? _spare;
    private ITimer? _timer;
    private bool _timerSet;
    private bool _flushing;
    private long _waiting;
    private long _lost;

    /// <summary>Posted events lost.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public Task Append(ReadOnlySpan<byte> bytes)
    {
        Task done;
        lock (_lock)
        {
            var limit = options.MaxWaitingBytes;
            if (_waiting > 0 && _waiting + bytes.Length > limit) throw new EventLogFullException(agent, _waiting, limit);
            done = Add(bytes, posted: 0);
            if (_flushing) return done;
            _flushing = true;
        }
        Start();
        return done;
    }

    public bool Post(ReadOnlySpan<byte> bytes, int events)
    {
        lock (_lock)
        {
            if (_waiting + bytes.Length > options.MaxWaitingBytes)
            {
                _lost += events;
                return false;
            }
            Add(bytes, events);
            if (_flushing || _timerSet) return true;
            _timerSet = true;
            _timer ??= timers.CreateTimer(static lane => ((LogLane)lane!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(options.PostWindow, Timeout.InfiniteTimeSpan);
        }
        return true;
    }

    public Task DrainAsync()
    {
        Task[] waiting;
        lock (_lock)
        {
            waiting = [.. _batches.Select(b => b.Done)];
            if (waiting.Length == 0) return Task.CompletedTask;
            if (!_flushing)
            {
                _flushing = true;
                Start();
            }
        }
        return Task.WhenAll(waiting);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await DrainAsync().ConfigureAwait(false);
        }
        catch (EventLogWriteException)
        {
            // Whoever awaited those events was told; posted ones are counted as lost.
        }
        if (_timer is { } timer) await timer.DisposeAsync().ConfigureAwait(false);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _timerSet = false;
            if (_flushing || _batches.Count == 0) return;
            _flushing = true;
        }
        Start();
    }

    private Task Add(ReadOnlySpan<byte> bytes, int posted)
    {
        var last = _batches.Last?.Value;
        if (last is null || last.Taken || last.Length + bytes.Length > options.MaxFlushBytes)
        {
            last = _spare ?? new LogBatch();
            _spare = null;
            last.Reset();
            _batches.AddLast(last);
        }
        last.Add(bytes, posted);
        _waiting += bytes.Length;
        return last.Done;
    }

    // Off the caller's thread: a store may do its work synchronously, and the caller wants only to queue.
    private void Start() => ThreadPool.UnsafeQueueUserWorkItem(static lane => _ = lane.FlushAsync(), this, preferLocal: false);

    private async Task FlushAsync()
    {
        while (true)
        {
            if (options.FlushWindow > TimeSpan.Zero) await Task.Delay(options.FlushWindow, timers).ConfigureAwait(false);
            LogBatch batch;
            lock (_lock)
            {
                if (_batches.First is not { Value: var first })
                {
                    _flushing = false;
                    return;
                }
                batch = first;
                batch.Taken = true;
            }
            Exception? error = null;
            try
            {
                // Before, so that nobody takes the agent for at rest; after, for the case that writing took long.
                if (dirty is not null) await dirty.MarkAsync(agent).ConfigureAwait(false);
                await _segments.WriteAsync(batch.Bytes).ConfigureAwait(false);
                if (dirty is not null) await dirty.MarkAsync(agent).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                error = e as EventLogWriteException ?? new EventLogWriteException($"Writing the log of {agent} failed: {e.Message}", e);
            }
            lock (_lock)
            {
                _batches.RemoveFirst();
                _waiting -= batch.Length;
                if (error is not null) _lost += batch.Posted;
            }
            batch.Complete(error);
            lock (_lock) _spare ??= batch.Reusable ? batch : null;
        }
    }
}
