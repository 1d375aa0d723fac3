using System.Collections.Concurrent;
using SelfImprove.Monitoring.Log;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Gathers reads into chunks; parses one chunk while the one before is being folded. Chunks are folded in order, one at a time.</summary>
internal sealed class FoldPipeline(int chunkBytes, EventParser[] parsers, Func<FoldChunk, List<ParsedEvent>[][], Task> fold)
{
    private readonly ConcurrentBag<List<ParsedEvent>> _lists = [];
    private FoldChunk? _chunk;
    private Task _folding = Task.CompletedTask;

    /// <summary>Bytes that the chunk still takes.</summary>
    public long Room => Math.Max(1, chunkBytes - (_chunk?.Bytes ?? 0));

    public async Task AddAsync(SegmentRead read)
    {
        var chunk = _chunk ??= new FoldChunk(_lists);
        chunk.Add(read);
        if (chunk.Bytes >= chunkBytes) await FlushAsync(chunk).ConfigureAwait(false);
    }

    /// <summary>Folds what is left; returns once everything is committed.</summary>
    public async Task CompleteAsync()
    {
        if (_chunk is { } chunk && !_folding.IsFaulted) await FlushAsync(chunk).ConfigureAwait(false);
        await _folding.ConfigureAwait(false);
    }

    private async Task FlushAsync(FoldChunk chunk)
    {
        _chunk = null;
        var reads = chunk.Parse(parsers);
        await _folding.ConfigureAwait(false);
        _folding = Task.Run(() => FoldAsync(chunk, reads));
    }

    private async Task FoldAsync(FoldChunk chunk, List<ParsedEvent>[][] reads)
    {
        await fold(chunk, reads).ConfigureAwait(false);
        foreach (var pieces in reads)
        {
            foreach (var events in pieces)
            {
                events.Clear();
                _lists.Add(events);
            }
        }
    }
}
