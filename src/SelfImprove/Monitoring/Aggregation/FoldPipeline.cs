using System.Collections.Concurrent;
using SelfImprove.Monitoring.Log;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Gathers reads into chunks; parses one chunk while the one before is being folded. Chunks are folded in order, one at a time.</summary>
internal sealed class FoldPipeline(int chunkBytes, EventParser[] parsers, Func<FoldChunk, List<ParsedEvent>[][], Task> fold)
{
    private readonly ConcurrentBag<List<ParsedEvent>> _lists = [];
    private readonly ConcurrentBag<byte[]> _memory = [];
    private FoldChunk? _chunk;
    private Task _folding = Task.CompletedTask;

    /// <summary>Bytes that the chunk still takes.</summary>
    public long Room => Math.Max(1, chunkBytes - (_chunk?.Bytes ?? 0));

    /// <summary>Memory to read into; given out again once the chunk that got it is folded.</summary>
    /// <param name="length">How much, at least.</param>
    public byte[] Lend(long length)
    {
        // What is much less than a chunk is not worth keeping.
        if (length < chunkBytes / 2) return GC.AllocateUninitializedArray<byte>((int)length);
        return _memory.TryTake(out var memory) && memory.Length >= length ? memory : GC.AllocateUninitializedArray<byte>((int)Math.Max(length, chunkBytes));
    }

    public async Task AddAsync(SegmentRead read, byte[] memory)
    {
        var chunk = _chunk ??= new FoldChunk(_lists);
        chunk.Add(read);
        if (memory.Length >= chunkBytes) chunk.Lent.Add(memory);
        // Reads end with a line: a little room always stays.
        if (chunk.Bytes >= chunkBytes - (chunkBytes / 16)) await FlushAsync(chunk).ConfigureAwait(false);
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
        foreach (var memory in chunk.Lent) _memory.Add(memory);
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
