namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Walks several sources at once in key order; of equal keys the newest source's record is given, the others are passed over.</summary>
/// <param name="newestFirst">The sources; few enough that a look at each one's key is cheaper than a heap.</param>
internal sealed class RecordMerge(IReadOnlyList<RecordSource> newestFirst)
{
    private readonly RecordSource?[] _sources = [.. newestFirst];
    private bool _started;
    private int _current = -1;

    public UInt128 Key { get; private set; }
    public ReadOnlySpan<byte> Record => _sources[_current]!.Record;

    /// <summary>Moves on where no source has to read; false otherwise, and then <see cref="MoveNextAsync"/> goes on from there.</summary>
    public bool TryMoveNext()
    {
        if (!_started) return false;
        for (var i = 0; i < _sources.Length; i++)
            if (_sources[i] is { } source && source.Key <= Key && !source.TryMoveNext())
                return false;
        return Choose();
    }

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _sources.Length; i++)
        {
            if (_sources[i] is not { } source || (_started && source.Key > Key)) continue;
            if (!await source.MoveNextAsync(cancellationToken).ConfigureAwait(false)) _sources[i] = null;
        }
        _started = true;
        return Choose();
    }

    private bool Choose()
    {
        _current = -1;
        for (var i = 0; i < _sources.Length; i++)
            if (_sources[i] is { } source && (_current < 0 || source.Key < Key))
                (_current, Key) = (i, source.Key);
        return _current >= 0;
    }
}
