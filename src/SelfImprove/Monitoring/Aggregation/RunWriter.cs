using System.Runtime.InteropServices;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Writes a run: blocks of records, then the footer: number of blocks, first key and offset of each, the filter's words. Small runs
/// are one write; large ones are appended piece by piece. A run counts only once the signals name it.
/// </summary>
internal sealed class RunWriter(IObjectStore store, string path, long expectedKeys, int pieceBytes) : IDisposable
{
    private const int BlockBytes = 4 * 1024;
    private const int UsualRecord = 64;
    private const int LargestStart = 4 * 1024 * 1024;
    private readonly PooledBuffer _buffer = new((int)Math.Clamp(expectedKeys * UsualRecord, 4 * 1024, LargestStart));
    private readonly List<(UInt128 Key, long Offset)> _blocks = [];
    private readonly BloomFilter _filter = new(expectedKeys);
    private long _flushed;
    private long _blockStart;
    private long _count;

    public string Path => path;

    private long Position => _flushed + _buffer.Length;

    public void Dispose() => _buffer.Dispose();

    public void Add(UInt128 key, ReadOnlySpan<byte> record)
    {
        if (_blocks.Count == 0 || Position - _blockStart >= BlockBytes)
        {
            _blockStart = Position;
            _blocks.Add((key, _blockStart));
        }
        _buffer.Add(record);
        _filter.Add(key);
        _count++;
    }

    public bool WantsFlush => _buffer.Length >= pieceBytes;

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var result = await store.AppendAsync(path, _buffer.Memory, _flushed, cancellationToken).ConfigureAwait(false);
        if (!result.Appended) throw new IOException($"{path} is {result.Length} bytes long, expected {_flushed}: somebody else writes it.");
        _flushed += _buffer.Length;
        _buffer.Clear();
    }

    public async Task<RunInfo> CompleteAsync(CancellationToken cancellationToken)
    {
        var footer = Position;
        WriteFooter();
        var length = Position;
        if (_flushed > 0) await FlushAsync(cancellationToken).ConfigureAwait(false);
        else await store.WriteAsync(path, _buffer.Memory, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new RunInfo(path, length, footer, _count);
    }

    private void WriteFooter()
    {
        Span<long> row = stackalloc long[3];
        row[0] = _blocks.Count;
        _buffer.Add((ReadOnlySpan<byte>)MemoryMarshal.AsBytes(row[..1]));
        foreach (var (key, offset) in _blocks)
        {
            (row[0], row[1], row[2]) = ((long)(ulong)(key >> 64), (long)(ulong)key, offset);
            _buffer.Add((ReadOnlySpan<byte>)MemoryMarshal.AsBytes(row));
        }
        _buffer.Add((ReadOnlySpan<byte>)MemoryMarshal.AsBytes(_filter.Words));
    }
}
