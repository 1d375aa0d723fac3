namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Entries in memory by key. One thread.</summary>
internal sealed class EntryTable
{
    private readonly KeyMap _map = new();
    private readonly List<IndexEntry> _entries = [];

    public int Count => _map.Count;

    public IndexEntry? Find(UInt128 key)
    {
        var number = _map.Find(key);
        return number < 0 ? null : _entries[number];
    }

    /// <summary>Adds an entry, or replaces the one of its key.</summary>
    public void Put(IndexEntry entry)
    {
        var number = _map.Add(entry.Key, out var isNew);
        if (isNew) _entries.Add(entry);
        else _entries[number] = entry;
    }

    public void Clear()
    {
        _map.Reset();
        _entries.Clear();
    }
}
