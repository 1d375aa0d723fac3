using System.Buffers;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Entries that a fold changed, as bytes: what is folded next may change the entries again while these are written. In the order in which they were
/// changed, so that their memory is walked from front to back; <see cref="InKeyOrder"/> sorts the bytes.
/// </summary>
internal sealed class SealedEntries : IDisposable
{
    private const int UsualRecord = 64;
    private UInt128[] _keys;
    private int[] _starts;

    public SealedEntries(int entries, MarkTable marks)
    {
        (_keys, _starts) = (ArrayPool<UInt128>.Shared.Rent(entries), ArrayPool<int>.Shared.Rent(entries));
        Records = new PooledBuffer(Math.Max(256, entries * UsualRecord));
        Marks = marks;
    }

    public int Count { get; private set; }
    public PooledBuffer Records { get; }

    /// <summary>The feedback among them.</summary>
    public MarkTable Marks { get; }

    /// <summary>All names, where there are new ones.</summary>
    public byte[]? Names { get; set; }

    /// <summary>What follows in <see cref="Records"/> is the record of this key.</summary>
    public void Start(UInt128 key)
    {
        (_keys[Count], _starts[Count]) = (key, Records.Length);
        Count++;
    }

    /// <summary>The records in the order of their keys. May be called once, and leaves nothing to call it on.</summary>
    public PooledBuffer InKeyOrder()
    {
        KeyOrder.Sort(_keys.AsSpan(0, Count), _starts.AsSpan(0, Count));
        var sorted = new PooledBuffer(Math.Max(1, Records.Length));
        var records = Records.Span;
        for (var i = 0; i < Count; i++)
        {
            var rest = records[_starts[i]..];
            sorted.Add(rest[..EntryCodec.Size(rest)]);
        }
        return sorted;
    }

    public void Dispose()
    {
        if (_keys.Length == 0) return;
        ArrayPool<UInt128>.Shared.Return(_keys);
        ArrayPool<int>.Shared.Return(_starts);
        (_keys, _starts) = ([], []);
        Records.Dispose();
    }
}
