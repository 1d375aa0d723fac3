using System.Runtime.InteropServices;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>A run opened for look-ups: its block index and filter in memory, its blocks read as wanted.</summary>
internal sealed class Run
{
    private const int LargestRead = 1024 * 1024;
    private const int SkipBytes = 8 * 1024;
    private const int BufferBytes = 16 * 1024;
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

    /// <summary>Adds the numbers of the keys that are perhaps here to a list; those known already are left out.</summary>
    public void MayContain(ReadOnlySpan<UInt128> keys, ReadOnlySpan<int> known, List<int> maybe)
    {
        for (var i = 0; i < keys.Length; i++)
            if (_filter.MayContain(keys[i]) && known[i] == 0)
                maybe.Add(i);
    }

    /// <summary>Finds entries; calls back with each one's record and the number of its key. Neighbouring blocks are read in one piece.</summary>
    /// <param name="store">The store.</param>
    /// <param name="keys">Keys, ascending.</param>
    /// <param name="wanted">The numbers of the ones to look for, ascending; the filter said maybe to each.</param>
    /// <param name="found">Gets each record.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task FindAsync(IObjectStore store, ReadOnlyMemory<UInt128> keys, List<int> wanted, Action<ReadOnlySpan<byte>, int> found, CancellationToken cancellationToken)
    {
        using var reader = await store.OpenReadAsync(Info.Path, cancellationToken).ConfigureAwait(false);
        using var buffer = new PooledBuffer(BufferBytes);
        for (var i = 0; i < wanted.Count;)
        {
            var block = BlockOf(keys.Span[wanted[i]]);
            if (block < 0)
            {
                i++;
                continue;
            }
            var (start, end, next) = (_offsets[block], _offsets[block + 1], i + 1);
            for (; next < wanted.Count; next++)
            {
                var further = BlockOf(keys.Span[wanted[next]]);
                if (_offsets[further] > end + SkipBytes || _offsets[further + 1] - start > LargestRead) break;
                end = Math.Max(end, _offsets[further + 1]);
            }
            buffer.Clear();
            var read = await reader.ReadAsync(start, buffer.ExtendMemory((int)(end - start)), cancellationToken).ConfigureAwait(false);
            if (read < end - start) throw new InvalidDataException($"{Info.Path} of the event index is gone or cut off.");
            Scan(buffer.Span, keys.Span, CollectionsMarshal.AsSpan(wanted)[i..next], found);
            i = next;
        }
    }

    private static void Scan(ReadOnlySpan<byte> bytes, ReadOnlySpan<UInt128> keys, ReadOnlySpan<int> wanted, Action<ReadOnlySpan<byte>, int> found)
    {
        for (var i = 0; bytes.Length > 0 && i < wanted.Length;)
        {
            var size = EntryCodec.Size(bytes);
            if (size == 0) throw new InvalidDataException("a record of the event index ends too early");
            var key = EntryCodec.Key(bytes);
            while (i < wanted.Length && keys[wanted[i]] < key) i++;
            if (i < wanted.Length && keys[wanted[i]] == key) found(bytes[..size], wanted[i]);
            bytes = bytes[size..];
        }
    }

    /// <summary>The last block that begins with the key or an earlier one; -1 where there is none.</summary>
    private int BlockOf(UInt128 key)
    {
        var (from, to) = (0, _first.Length);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (_first[middle] <= key) from = middle + 1;
            else to = middle;
        }
        return from - 1;
    }
}
