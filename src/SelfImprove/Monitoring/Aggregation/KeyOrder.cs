using System.Buffers;
using System.Numerics;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Sorts by keys. Keys are hashes, so evenly spread: they are dealt out by their upper bits into buckets of a few keys each, and those are sorted by
/// insertion. Where somebody made them uneven, the usual sort takes over.
/// </summary>
internal static class KeyOrder
{
    private const int MostBits = 15;
    private const int LargeBucket = 96;

    /// <summary>Puts the keys in order, and along with each its item.</summary>
    public static void Sort(Span<UInt128> keys, Span<int> items)
    {
        if (keys.Length < LargeBucket)
        {
            Insert(keys, items);
            return;
        }
        var bits = Math.Min(MostBits, BitOperations.Log2((uint)keys.Length) - 1);
        var shift = 128 - bits;
        var ends = ArrayPool<int>.Shared.Rent((1 << bits) + 1);
        var (dealtKeys, dealtItems) = (ArrayPool<UInt128>.Shared.Rent(keys.Length), ArrayPool<int>.Shared.Rent(keys.Length));
        Array.Clear(ends, 0, (1 << bits) + 1);
        foreach (var key in keys) ends[(int)(key >> shift) + 1]++;
        for (var b = 1; b <= 1 << bits; b++) ends[b] += ends[b - 1];

        // Each bucket's start moves up to its end while it is filled.
        for (var i = 0; i < keys.Length; i++)
        {
            var at = ends[(int)(keys[i] >> shift)]++;
            (dealtKeys[at], dealtItems[at]) = (keys[i], items[i]);
        }
        dealtKeys.AsSpan(0, keys.Length).CopyTo(keys);
        dealtItems.AsSpan(0, keys.Length).CopyTo(items);
        for (int b = 0, from = 0; b < 1 << bits; b++)
        {
            var to = ends[b];
            if (to - from > LargeBucket) keys[from..to].Sort(items[from..to]);
            else if (to - from > 1) Insert(keys[from..to], items[from..to]);
            from = to;
        }
        ArrayPool<int>.Shared.Return(ends);
        ArrayPool<UInt128>.Shared.Return(dealtKeys);
        ArrayPool<int>.Shared.Return(dealtItems);
    }

    private static void Insert(Span<UInt128> keys, Span<int> items)
    {
        for (var i = 1; i < keys.Length; i++)
        {
            var (key, item, at) = (keys[i], items[i], i);
            for (; at > 0 && keys[at - 1] > key; at--) (keys[at], items[at]) = (keys[at - 1], items[at - 1]);
            (keys[at], items[at]) = (key, item);
        }
    }
}
