namespace SelfImprove.Azure.Models;

/// <summary>
/// Bounds the questions open at once at one model of an endpoint. Additive increase, multiplicative decrease (Chiu and Jain 1989): every answer while all
/// places are taken widens it by 1/limit, a refusal halves it, once for all questions that were open together. While the endpoint asks to be left
/// alone, nobody enters. Who waits is served in order. Thread-safe.
/// </summary>
public sealed class AdaptiveGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<Place>> _waiting = new();
    private readonly EndpointLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private double _limit;
    private int _inside;
    private int _round;
    private DateTimeOffset _closedUntil;

    /// <summary>Creates it.</summary>
    /// <param name="limits">The first and the highest number of places.</param>
    /// <param name="clock">Opens it again.</param>
    public AdaptiveGate(EndpointLimits limits, TimeProvider clock)
    {
        (_limits, _clock, _limit) = (limits, clock, limits.Concurrency);
        _timer = clock.CreateTimer(_ => Admit(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many may be inside at once.</summary>
    public int Limit
    {
        get
        {
            lock (_lock) return (int)_limit;
        }
    }

    /// <summary>Waits for a place; dispose of it to leave.</summary>
    public async Task<Place> EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource<Place>> node;
        lock (_lock)
        {
            node = _waiting.AddLast(new TaskCompletionSource<Place>(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        Admit();
        await using var cancelling = cancellationToken.UnsafeRegister(_ => Leave(node, cancellationToken), null);
        return await node.Value.Task;
    }

    /// <summary>Keeps everybody out for a while; a longer closure that holds already stays. At most the limits' timeout: then one finds out.</summary>
    public void Close(TimeSpan span)
    {
        lock (_lock)
        {
            var until = _clock.GetUtcNow() + (span < _limits.Timeout ? span : _limits.Timeout);
            if (until > _closedUntil) _closedUntil = until;
        }
    }

    private void Leave(LinkedListNode<TaskCompletionSource<Place>> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (node.List is not null) _waiting.Remove(node);
        }
        node.Value.TrySetCanceled(cancellationToken);
    }

    private void Admit()
    {
        lock (_lock)
        {
            var closed = _closedUntil - _clock.GetUtcNow();
            if (closed > TimeSpan.Zero)
            {
                if (_waiting.Count > 0) _timer.Change(closed, Timeout.InfiniteTimeSpan);
                return;
            }
            while (_waiting.First is { } first && _inside < (int)_limit)
            {
                _waiting.RemoveFirst();
                _inside++;
                if (!first.Value.TrySetResult(new Place(this, _round, _inside >= (int)_limit))) _inside--;
            }
        }
    }

    private void Exit(Place place, bool? answered)
    {
        lock (_lock)
        {
            _inside--;
            if (answered == true && place.Full) _limit = Math.Min(_limits.MaxConcurrency, _limit + (1 / _limit));
            else if (answered == false && place.Round == _round)
            {
                _limit = Math.Max(1, _limit / 2);
                _round++;
            }
        }
        Admit();
    }

    /// <summary>A place inside.</summary>
    public sealed class Place : IDisposable
    {
        private readonly AdaptiveGate _gate;
        private bool? _answered;
        private int _left;

        internal Place(AdaptiveGate gate, int round, bool full) => (_gate, Round, Full) = (gate, round, full);

        internal int Round { get; }

        internal bool Full { get; }

        /// <summary>The endpoint answered.</summary>
        public void Answered() => _answered = true;

        /// <summary>The endpoint is overloaded: it refused.</summary>
        public void Refused() => _answered = false;

        /// <summary>Leaves.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) _gate.Exit(this, _answered);
        }
    }
}
