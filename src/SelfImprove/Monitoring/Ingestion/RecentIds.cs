namespace SelfImprove.Monitoring.Ingestion;

/// <summary>The contents of the events that were acknowledged lately, by id. Bounded: two halves, of which the older is dropped. Thread-safe.</summary>
internal sealed class RecentIds(int capacity)
{
    private readonly Lock _lock = new();
    private Dictionary<UInt128, ulong> _young = [];
    private Dictionary<UInt128, ulong> _old = [];

    public ulong? Find(UInt128 key)
    {
        lock (_lock) return _young.TryGetValue(key, out var content) || _old.TryGetValue(key, out content) ? content : null;
    }

    public void Add(IReadOnlyDictionary<UInt128, ulong> acknowledged)
    {
        lock (_lock)
        {
            foreach (var (key, content) in acknowledged)
            {
                if (_young.Count >= capacity) (_old, _young) = (_young, []);
                _young.TryAdd(key, content);
            }
        }
    }
}
