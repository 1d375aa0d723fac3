using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Walks the records of a run, or of entries still in memory, in key order. Its memory is lent by a pool: to be disposed.</summary>
internal sealed class RecordSource : IDisposable
{
    private const int Piece = 512 * 1024;
    private readonly IObjectStore? _store;
    private readonly RunInfo? _run;
    private readonly PooledBuffer _bytes;
    private long _next;
    private int _at;
    private int _size;

    /// <summary>Walks records in memory, and takes it over.</summary>
    public RecordSource(PooledBuffer sorted) => _bytes = sorted;

    public RecordSource(IObjectStore store, RunInfo run) => (_store, _run, _bytes) = (store, run, new PooledBuffer((int)Math.Min(Piece, run.Footer + 1)));

    public UInt128 Key { get; private set; }
    public ReadOnlySpan<byte> Record => _bytes.Span.Slice(_at, _size);

    public void Dispose() => _bytes.Dispose();

    /// <summary>Moves on within what is in memory; false where more has to be read, or nothing follows.</summary>
    public bool TryMoveNext()
    {
        var rest = _bytes.Span[(_at + _size)..];
        var size = EntryCodec.Size(rest);
        if (size == 0) return false;
        _at += _size;
        _size = size;
        Key = EntryCodec.Key(rest);
        return true;
    }

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        while (!TryMoveNext())
        {
            var kept = _bytes.Length - _at - _size;
            if (_run is null || _next >= _run.Footer)
            {
                if (kept > 0) throw new InvalidDataException($"{_run?.Path} of the event index is damaged: its last record is cut off.");
                return false;
            }
            _bytes.Keep(_at + _size);
            (_at, _size) = (0, 0);
            var wanted = (int)Math.Min(Piece, _run.Footer - _next);
            using var reader = await _store!.OpenReadAsync(_run.Path, cancellationToken).ConfigureAwait(false);
            var read = await reader.ReadAsync(_next, _bytes.ExtendMemory(wanted), cancellationToken).ConfigureAwait(false);
            if (read < wanted) throw new InvalidDataException($"{_run.Path} of the event index is gone or cut off.");
            _next += read;
        }
        return true;
    }
}
