namespace SelfImprove.Durable;

/// <summary>
/// Keeps an orchestrator's continuations on the thread of its turn, in order. What is posted from another thread comes from a task that is not durable; it is
/// refused and remembered, so that the instance is parked with a clear message in place of running on by chance.
/// </summary>
internal sealed class TurnSynchronizationContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private int _thread;

    /// <summary>Whether something outside a turn touched the orchestrator.</summary>
    public bool WasTouchedFromOutside { get; private set; }

    public bool IsOnTurn => _thread == Environment.CurrentManagedThreadId;

    public override SynchronizationContext CreateCopy() => this;

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("An orchestrator has one thread: nothing can be sent to it.");

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (CheckOnTurn())
            _posted.Enqueue((d, state));
    }

    public bool CheckOnTurn()
    {
        if (IsOnTurn)
            return true;
        WasTouchedFromOutside = true;
        return false;
    }

    /// <summary>Runs <paramref name="work"/> and all that it posts.</summary>
    public void Run(Action work)
    {
        var (outer, outerThread) = (Current, _thread);
        _thread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            work();
            while (_posted.TryDequeue(out var next))
                next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(outer);
            _thread = outerThread;
        }
    }
}
