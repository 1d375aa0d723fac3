namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Sorts by keys. Keys are hashes, so their upper halves nearly always decide: machine words sort several times as fast as 128-bit numbers. The rare ones
/// that share an upper half are put in order afterwards.
/// </summary>
internal static class KeyOrder
{
    /// <summary>The keys in order, each once.</summary>
    public static List<UInt128> SortedOnce(List<UInt128> keys)
    {
        var (upper, items) = (new ulong[keys.Count], keys.ToArray());
        for (var i = 0; i < items.Length; i++) upper[i] = (ulong)(items[i] >> 64);
        Array.Sort(upper, items);
        Settle(upper, items, static key => (ulong)key);
        var once = new List<UInt128>(items.Length);
        for (var i = 0; i < items.Length; i++)
            if (i == 0 || items[i] != items[i - 1])
                once.Add(items[i]);
        return once;
    }

    /// <summary>The entries in the order of their keys.</summary>
    public static IndexEntry[] Sorted(List<IndexEntry> entries)
    {
        var (upper, items) = (new ulong[entries.Count], entries.ToArray());
        for (var i = 0; i < items.Length; i++) upper[i] = (ulong)(items[i].Key >> 64);
        Array.Sort(upper, items);
        Settle(upper, items, static entry => (ulong)entry.Key);
        return items;
    }

    private static void Settle<T>(ulong[] upper, T[] items, Func<T, ulong> lower)
    {
        for (var from = 0; from < upper.Length;)
        {
            var to = from + 1;
            while (to < upper.Length && upper[to] == upper[from]) to++;
            if (to - from > 1) items.AsSpan(from, to - from).Sort((a, b) => lower(a).CompareTo(lower(b)));
            from = to;
        }
    }
}
