namespace SelfImprove.Durable;

/// <summary>The timers of all live instances by due time; those of one time in the order of their creation. Cancelled ones are removed.</summary>
internal sealed class TimerQueue
{
    private readonly SortedSet<Entry> _entries = new(Comparer<Entry>.Create((a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Seq.CompareTo(b.Seq)));
    private readonly Dictionary<long, Entry> _bySeq = [];

    public DateTimeOffset? Next => _entries.Count == 0 ? null : _entries.Min.Due;

    public void Add(long seq, DateTimeOffset due, Instance instance, HistoryEvent fired)
    {
        var entry = new Entry(due, seq, instance, fired);
        _entries.Add(entry);
        _bySeq.Add(seq, entry);
    }

    public void Remove(long seq)
    {
        if (_bySeq.Remove(seq, out var entry))
            _entries.Remove(entry);
    }

    public bool TryTakeDue(DateTimeOffset now, out Entry entry)
    {
        entry = default;
        if (_entries.Count == 0 || _entries.Min.Due > now)
            return false;
        entry = _entries.Min;
        Remove(entry.Seq);
        return true;
    }

    public void Clear()
    {
        _entries.Clear();
        _bySeq.Clear();
    }

    internal readonly record struct Entry(DateTimeOffset Due, long Seq, Instance Instance, HistoryEvent Fired);
}
