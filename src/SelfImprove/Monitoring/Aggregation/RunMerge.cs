using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Merges neighbouring runs into one, a step at a time: the newest record of each key, without those that are too old to be kept.</summary>
internal sealed class RunMerge : IDisposable
{
    private readonly RecordMerge _records;
    private readonly RunWriter _writer;
    private readonly long _cut;

    /// <param name="store">The store.</param>
    /// <param name="path">Where the new run goes.</param>
    /// <param name="runs">The runs, oldest first.</param>
    /// <param name="newest">What is newer than these; null where nothing is.</param>
    /// <param name="more">How many records that has.</param>
    /// <param name="cut">Records of events before this time are dropped; UTC ticks.</param>
    /// <param name="pieceBytes">How much is written at a time.</param>
    public RunMerge(IObjectStore store, string path, IReadOnlyList<RunInfo> runs, PooledBuffer? newest, long more, long cut, int pieceBytes)
    {
        (Runs, _cut) = (runs, cut);
        List<RecordSource> newestFirst = [.. runs.Reverse().Select(r => new RecordSource(store, r))];
        if (newest is not null) newestFirst.Insert(0, new RecordSource(newest));
        _records = new RecordMerge(newestFirst);
        _writer = new RunWriter(store, path, runs.Sum(r => r.Count) + more, pieceBytes);
    }

    /// <summary>What is merged.</summary>
    public IReadOnlyList<RunInfo> Runs { get; }

    /// <summary>Where it is written.</summary>
    public string Path => _writer.Path;

    /// <summary>Goes on for about so many bytes; the new run once that is complete, null before.</summary>
    public async Task<RunInfo?> AdvanceAsync(long bytes, CancellationToken cancellationToken)
    {
        while (bytes > 0)
        {
            if (!_records.TryMoveNext() && !await _records.MoveNextAsync(cancellationToken).ConfigureAwait(false))
                return await _writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
            bytes -= _records.Record.Length;
            if (EntryCodec.Ticks(_records.Record) >= _cut) _writer.Add(_records.Key, _records.Record);
            if (_writer.WantsFlush) await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        return null;
    }

    public void Dispose()
    {
        _records.Dispose();
        _writer.Dispose();
    }
}
