namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Walks several sources at once in key order; of equal keys the newest source's record is given, the others are passed over.</summary>
/// <param name="newestFirst">The sources, disposed with it; few enough that a look at each one's key is cheaper than a heap.</param>
internal sealed class RecordMerge(IReadOnlyList<RecordSource> newestFirst) : IDisposable
{
    private readonly RecordSource?[] _sources = [.. newestFirst];

    // The upper halves of the sources' keys, side by side: they nearly always decide.
    private readonly ulong[] _upper = new ulong[newestFirst.Count];
    private bool _started;
    private int _current = -1;

    public UInt128 Key { get; private set; }
    public ReadOnlySpan<byte> Record => _sources[_current]!.Record;

    public void Dispose()
    {
        foreach (var source in newestFirst) source.Dispose();
    }

    /// <summary>Moves on where no source has to read; false otherwise, and then <see cref="MoveNextAsync"/> goes on from there.</summary>
    public bool TryMoveNext()
    {
        if (!_started) return false;
        var upper = (ulong)(Key >> 64);
        for (var i = 0; i < _upper.Length; i++)
        {
            if (_upper[i] != upper || _sources[i] is not { } source || source.Key != Key) continue;
            if (!source.TryMoveNext()) return false;
            _upper[i] = (ulong)(source.Key >> 64);
        }
        return Choose();
    }

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _sources.Length; i++)
        {
            if (_sources[i] is not { } source || (_started && source.Key > Key)) continue;
            if (!await source.MoveNextAsync(cancellationToken).ConfigureAwait(false)) _sources[i] = null;
            else _upper[i] = (ulong)(source.Key >> 64);
        }
        _started = true;
        return Choose();
    }

    private bool Choose()
    {
        _current = -1;
        ulong least = 0;
        for (var i = 0; i < _upper.Length; i++)
        {
            var upper = _upper[i];
            if ((_current >= 0 && upper > least) || _sources[i] is not { } source) continue;
            if (_current >= 0 && upper == least && source.Key >= _sources[_current]!.Key) continue;
            (_current, least) = (i, upper);
        }
        if (_current < 0) return false;
        Key = _sources[_current]!.Key;
        return true;
    }
}
