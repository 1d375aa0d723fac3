using SelfImprove.Monitoring.Log;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Gathers reads into chunks; parses one chunk while the one before is being folded. Chunks are folded in order, one at a time.</summary>
internal sealed class FoldPipeline(int chunkBytes, EventParser[] parsers, Func<FoldChunk, List<ParsedEvent>[][], Task> fold)
{
    private FoldChunk _chunk = new();
    private Task _folding = Task.CompletedTask;

    /// <summary>Bytes that the chunk still takes.</summary>
    public long Room => Math.Max(1, chunkBytes - _chunk.Bytes);

    public async Task AddAsync(SegmentRead read)
    {
        _chunk.Add(read);
        if (_chunk.Bytes >= chunkBytes) await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Folds what is left; returns once everything is committed.</summary>
    public async Task CompleteAsync()
    {
        if (_chunk.Bytes > 0 && !_folding.IsFaulted) await FlushAsync().ConfigureAwait(false);
        await _folding.ConfigureAwait(false);
    }

    private async Task FlushAsync()
    {
        var chunk = _chunk;
        _chunk = new FoldChunk();
        var reads = chunk.Parse(parsers);
        await _folding.ConfigureAwait(false);
        _folding = Task.Run(() => fold(chunk, reads));
    }
}
