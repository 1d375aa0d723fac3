namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>Keeps an orchestrator's continuations on its turn, in order; what comes from another thread is a mistake of the code under test.</summary>
internal sealed class FakeTurnContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = [];
    private int _thread;

    /// <summary>Whether the code left its turn.</summary>
    public bool WasLeft { get; private set; }

    public override SynchronizationContext CreateCopy() => this;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_thread != Environment.CurrentManagedThreadId) WasLeft = true;
        else _posted.Enqueue((d, state));
    }

    public void Run(Action work)
    {
        var outer = Current;
        _thread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            work();
            while (_posted.TryDequeue(out var next)) next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(outer);
            _thread = 0;
        }
    }
}
