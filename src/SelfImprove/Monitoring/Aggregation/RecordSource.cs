using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Walks the records of a run, or of entries still in memory, in key order.</summary>
internal sealed class RecordSource
{
    private const int Piece = 1024 * 1024;
    private readonly IObjectStore? _store;
    private readonly RunInfo? _run;
    private ReadOnlyMemory<byte> _bytes;
    private long _next;
    private int _at;
    private int _size;

    public RecordSource(ReadOnlyMemory<byte> sorted) => _bytes = sorted;

    public RecordSource(IObjectStore store, RunInfo run) => (_store, _run) = (store, run);

    public UInt128 Key { get; private set; }
    public ReadOnlySpan<byte> Record => _bytes.Span.Slice(_at, _size);

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
            var kept = _bytes[(_at + _size)..];
            if (_run is null || _next >= _run.Footer)
            {
                if (!kept.IsEmpty) throw new InvalidDataException($"{_run?.Path} of the event index is damaged: its last record is cut off.");
                return false;
            }
            var stored = await _store!.ReadAsync(_run.Path, new ByteRange(_next, Math.Min(Piece, _run.Footer - _next)), cancellationToken).ConfigureAwait(false);
            if (stored is null || stored.Bytes.IsEmpty) throw new InvalidDataException($"{_run.Path} of the event index is gone or cut off.");
            _next += stored.Bytes.Length;
            _bytes = kept.IsEmpty ? stored.Bytes : (byte[])[.. kept.Span, .. stored.Bytes.Span];
            (_at, _size) = (0, 0);
        }
        return true;
    }
}
