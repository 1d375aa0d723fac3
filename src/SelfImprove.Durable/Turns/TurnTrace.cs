namespace SelfImprove.Durable;

/// <summary>
/// What an execution does, in order. While replaying, every request of the code is checked against what history has; afterwards it is recorded.
/// The check is strict: same requests, same order, each in answer to the same fact.
/// </summary>
internal sealed class TurnTrace
{
    private readonly Queue<HistoryEvent> _expected = new();
    private List<HistoryEvent> _recorded = [];
    private int _step;

    public bool IsReplaying { get; private set; }

    /// <summary>How the code departed from history; null while it has not.</summary>
    public string? Mismatch { get; private set; }

    public List<HistoryEvent> TakeRecorded()
    {
        var recorded = _recorded;
        _recorded = [];
        return recorded;
    }

    /// <summary>Notes a fact that is given to the code now.</summary>
    public void Record(HistoryEvent fact) => _recorded.Add(fact);

    /// <summary>Notes a request of the code. False: it departs from history, and nothing may be done for it.</summary>
    public bool TryAsk(HistoryEvent request)
    {
        if (Mismatch is not null)
            return false;
        if (!IsReplaying)
        {
            _recorded.Add(request);
            return true;
        }
        _step++;
        if (_expected.TryPeek(out var expected) && expected.IsRequest && expected.AsksForSameAs(request))
        {
            _expected.Dequeue();
            return true;
        }
        Mismatch = $"at step {_step} history has {expected?.Describe() ?? "nothing more in that turn"}, the code asked for {request.Describe()}";
        return false;
    }

    /// <summary>Replays one turn: <paramref name="deliver"/> gets each fact, and must ask for what history has after it.</summary>
    public void Replay(HistoryTurn turn, Action<HistoryEvent> deliver)
    {
        IsReplaying = true;
        foreach (var item in turn.Events)
            _expected.Enqueue(item);
        while (Mismatch is null && _expected.TryPeek(out var next))
        {
            if (next.IsRequest)
            {
                Mismatch = $"at step {_step + 1} history has {next.Describe()}, the code asked for nothing";
                break;
            }
            _expected.Dequeue();
            _step++;
            deliver(next);
        }
        IsReplaying = false;
    }
}
