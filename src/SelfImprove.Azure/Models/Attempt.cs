namespace SelfImprove.Azure.Models;

/// <summary>One attempt to get an answer: its place at the gate and its deadline. Disposed of when the answer is there whole.</summary>
internal sealed class Attempt : IDisposable
{
    private readonly AdaptiveGate.Place _place;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _both;

    public Attempt(AdaptiveGate.Place place, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        (_place, _deadline) = (place, deadline);
        _both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
    }

    public CancellationToken Token => _both.Token;

    public bool TimedOut => _deadline.IsCancellationRequested;

    /// <summary>The endpoint answers: the deadline starts anew.</summary>
    public void Alive(TimeSpan span)
    {
        _place.Answered();
        _deadline.CancelAfter(span);
    }

    public void Dispose()
    {
        _place.Dispose();
        _both.Dispose();
        _deadline.Dispose();
    }
}
