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

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        _at += _size;
        while ((_size = EntryCodec.Size(_bytes.Span[_at..])) == 0)
        {
            if (_run is null || _next >= _run.Footer)
            {
                if (_at < _bytes.Length) throw new InvalidDataException($"{_run?.Path} of the event index is damaged: its last record is cut off.");
                return false;
            }
            var kept = _bytes[_at..];
            var stored = await _store!.ReadAsync(_run.Path, new ByteRange(_next, Math.Min(Piece, _run.Footer - _next)), cancellationToken).ConfigureAwait(false);
            if (stored is null || stored.Bytes.IsEmpty) throw new InvalidDataException($"{_run.Path} of the event index is gone or cut off.");
            _next += stored.Bytes.Length;
            _bytes = kept.IsEmpty ? stored.Bytes : (byte[])[.. kept.Span, .. stored.Bytes.Span];
            _at = 0;
        }
        Key = EntryCodec.Key(_bytes.Span[_at..]);
        return true;
    }

    /// <summary>Merges sources, newest first: of equal keys the newest record counts, and what is older than <paramref name="cut"/> is left out.</summary>
    public static async Task MergeAsync(IReadOnlyList<RecordSource> newestFirst, RunWriter target, long cut, CancellationToken cancellationToken)
    {
        var queue = new PriorityQueue<int, (UInt128, int)>();
        for (var i = 0; i < newestFirst.Count; i++)
            if (await newestFirst[i].MoveNextAsync(cancellationToken).ConfigureAwait(false))
                queue.Enqueue(i, (newestFirst[i].Key, i));
        UInt128? last = null;
        while (queue.TryDequeue(out var i, out _))
        {
            var source = newestFirst[i];
            if (source.Key != last)
            {
                last = source.Key;
                if (EntryCodec.Ticks(source.Record) >= cut) target.Add(source.Key, source.Record);
                if (target.WantsFlush) await target.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            if (await source.MoveNextAsync(cancellationToken).ConfigureAwait(false)) queue.Enqueue(i, (source.Key, i));
        }
    }
}
