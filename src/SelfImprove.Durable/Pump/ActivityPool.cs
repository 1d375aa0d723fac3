using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>
/// Runs activity calls, a bounded number at once. It knows each call that waits or runs, so that a call is not begun twice by one engine. A finished worker
/// takes the next call by itself: no dispatcher polls.
/// </summary>
internal sealed class ActivityPool(DurableEngineOptions options, OrchestrationRegistry registry, IServiceProvider services, Action<ActivityDone> done)
{
    private readonly Lock _gate = new();
    private readonly Queue<ActivityWork> _queue = new();
    private readonly HashSet<TaskKey> _known = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _workers = [];
    private int _running;

    /// <summary>Whether calls wait; in manual mode they wait for the next wave.</summary>
    public bool HasQueued
    {
        get
        {
            lock (_gate)
                return _queue.Count > 0;
        }
    }

    /// <summary>How many calls wait.</summary>
    public int Queued
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }

    public void Enqueue(ActivityWork work)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested || !_known.Add(work.Key))
                return;
            _queue.Enqueue(work);
            if (options.Manual || _running >= options.MaxConcurrentActivities)
                return;
            _running++;
            _workers.RemoveAll(worker => worker.IsCompleted);
            _workers.Add(Task.Run(WorkAsync));
        }
    }

    /// <summary>Drops a call that has not begun: its instance has ended.</summary>
    public void Forget(TaskKey key)
    {
        lock (_gate)
            _known.Remove(key);
    }

    /// <summary>
    /// Runs all calls that wait, in order, at most the bounded number at once, and hands over their results in the order of the calls: what follows does not
    /// depend on which was fastest.
    /// </summary>
    public async Task RunWaveAsync(CancellationToken cancellationToken)
    {
        List<ActivityWork> wave;
        lock (_gate)
        {
            wave = [.. _queue.Where(work => _known.Contains(work.Key))];
            _queue.Clear();
        }
        var results = new CallOutcome?[wave.Count];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            await Parallel.ForAsync(0, wave.Count, new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentActivities, CancellationToken = stop.Token },
                async (i, token) => results[i] = await ActivityExecution.RunAsync(registry, services, wave[i].Call, token).ConfigureAwait(false))
                    .ConfigureAwait(false);
        }
        finally
        {
            for (var i = 0; i < wave.Count; i++)
                Finish(wave[i], results[i], requeue: true);
        }
    }

    /// <summary>Forgets the calls that have not begun; the running ones stay known.</summary>
    public void ClearQueue()
    {
        lock (_gate)
        {
            foreach (var work in _queue)
                _known.Remove(work.Key);
            _queue.Clear();
        }
    }

    /// <summary>Asks the running calls to stop and waits for them until <paramref name="cancellationToken"/> is cancelled. Their results are not kept.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] workers;
        lock (_gate)
        {
            _stop.Cancel();
            _queue.Clear();
            workers = [.. _workers];
        }
        await Task.WhenAny(Task.WhenAll(workers), Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        while (TryTake() is { } work)
        {
            try
            {
                Finish(work, await ActivityExecution.RunAsync(registry, services, work.Call, _stop.Token).ConfigureAwait(false), requeue: false);
            }
            catch (OperationCanceledException)
            {
                Finish(work, null, requeue: false);
            }
        }
    }

    private ActivityWork? TryTake()
    {
        lock (_gate)
        {
            while (_queue.TryDequeue(out var work))
            {
                if (_known.Contains(work.Key))
                    return work;
            }
            _running--;
            return null;
        }
    }

    private void Finish(ActivityWork work, CallOutcome? outcome, bool requeue)
    {
        // First handed over, then forgotten: a reload in between must not begin it again.
        if (outcome is not null && !_stop.IsCancellationRequested)
            done(new ActivityDone(work.Key, outcome));
        lock (_gate)
        {
            if (outcome is null && requeue && _known.Contains(work.Key))
                _queue.Enqueue(work);
            else
                _known.Remove(work.Key);
        }
    }
}
