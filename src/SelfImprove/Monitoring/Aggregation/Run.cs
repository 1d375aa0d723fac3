using System.Runtime.InteropServices;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>A run opened for look-ups: its block index and filter in memory, its blocks read as wanted.</summary>
internal sealed class Run
{
    private const int LargestRead = 4 * 1024 * 1024;
    private const int SkipBytes = 32 * 1024;
    private readonly UInt128[] _first;
    private readonly long[] _offsets;
    private readonly BloomFilter _filter;

    private Run(RunInfo info, UInt128[] first, long[] offsets, BloomFilter filter) => (Info, _first, _offsets, _filter) = (info, first, offsets, filter);

    public RunInfo Info { get; }

    public static async Task<Run> OpenAsync(IObjectStore store, RunInfo info, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(info.Path, new ByteRange(info.Footer), cancellationToken).ConfigureAwait(false);
        if (stored is null || stored.Length != info.Length)
            throw new InvalidDataException($"{info.Path} of the event index is missing or damaged: expected {info.Length} bytes, found {stored?.Length ?? 0}.");
        var words = MemoryMarshal.Cast<byte, long>(stored.Bytes.Span);
        var blocks = (int)words[0];
        var (first, offsets) = (new UInt128[blocks], new long[blocks + 1]);
        for (var i = 0; i < blocks; i++)
        {
            var row = words.Slice(1 + (3 * i), 3);
            (first[i], offsets[i]) = (new UInt128((ulong)row[0], (ulong)row[1]), row[2]);
        }
        offsets[blocks] = info.Footer;
        return new Run(info, first, offsets, new BloomFilter(MemoryMarshal.Cast<long, ulong>(words[(1 + (3 * blocks))..]).ToArray()));
    }

    public bool MayContain(UInt128 key) => _filter.MayContain(key);

    /// <summary>Finds entries; calls back with each one's record. Neighbouring blocks are read in one piece.</summary>
    /// <param name="store">The store.</param>
    /// <param name="keys">What to look for, ascending; the filter said maybe to each.</param>
    /// <param name="found">Gets each record.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task FindAsync(IObjectStore store, List<UInt128> keys, Action<ReadOnlyMemory<byte>> found, CancellationToken cancellationToken)
    {
        for (var i = 0; i < keys.Count;)
        {
            var block = BlockOf(keys[i]);
            if (block < 0)
            {
                i++;
                continue;
            }
            var (start, end, next) = (_offsets[block], _offsets[block + 1], i + 1);
            for (; next < keys.Count; next++)
            {
                var further = BlockOf(keys[next]);
                if (_offsets[further] > end + SkipBytes || _offsets[further + 1] - start > LargestRead) break;
                end = Math.Max(end, _offsets[further + 1]);
            }
            var stored = await store.ReadAsync(Info.Path, new ByteRange(start, end - start), cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidDataException($"{Info.Path} of the event index is gone.");
            Scan(stored.Bytes, keys, i, next, found);
            i = next;
        }
    }

    private static void Scan(ReadOnlyMemory<byte> bytes, List<UInt128> keys, int from, int to, Action<ReadOnlyMemory<byte>> found)
    {
        var at = 0;
        while (at < bytes.Length && from < to)
        {
            var size = EntryCodec.Size(bytes.Span[at..]);
            if (size == 0) throw new InvalidDataException("a record of the event index ends too early");
            var key = EntryCodec.Key(bytes.Span[at..]);
            while (from < to && keys[from] < key) from++;
            if (from < to && keys[from] == key) found(bytes.Slice(at, size));
            at += size;
        }
    }

    private int BlockOf(UInt128 key)
    {
        var at = Array.BinarySearch(_first, key);
        return at >= 0 ? at : ~at - 1;
    }
}
