using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Folds one agent's log. A fold writes, in this order: seals, the index's new run, dead letters, the watermark, and last the signals, by
/// compare-and-swap: they name runs and cursor, so that this one write decides. A crash before it leaves orphans that the next fold
/// replaces or sweeps. While one chunk is written, the next is applied in memory; writes keep their order. After any error, the state in memory is dropped and read again.
/// </summary>
internal sealed class AgentFold(IObjectStore store, TimeProvider clock, AggregatorOptions options, string agent, string token) : IDisposable
{
    private readonly EventParser[] _parsers = [.. Enumerable.Range(0, options.Parsers).Select(_ => new EventParser())];
    private readonly DeadLetterList _letters = new(store);
    private Loaded? _state;
    private int _loads;

    /// <summary>One fold at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    public static string SignalsPath(string agent) => $"agents/{agent}/signals.json";

    public void Dispose() => Gate.Dispose();

    public async Task<AgentSignals> FoldAsync(AgentManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            var state = _state ??= await LoadAsync(cancellationToken).ConfigureAwait(false);
            var quarantined = await new Quarantine(store).GetAsync(agent, cancellationToken).ConfigureAwait(false);
            var rule = new RewardRule(new RewardMap(manifest), quarantined);
            foreach (var parser in _parsers) parser.SetDecisions(manifest.Task.Decisions);
            await FollowRuleAsync(state, rule, quarantined, cancellationToken).ConfigureAwait(false);
            await FoldLogAsync(state, rule, cancellationToken).ConfigureAwait(false);
            return state.Published;
        }
        catch (InvalidDataException) when (_state is { } state)
        {
            // Another process that folded in the meantime deletes the runs it merged: then this fold is merely too late.
            _state = null;
            var stored = await store.ReadAsync(SignalsPath(agent), new ByteRange(0, 1), cancellationToken).ConfigureAwait(false);
            if (stored?.ETag != state.ETag) throw new FoldConflictException(agent);
            throw;
        }
        catch
        {
            _state = null;
            throw;
        }
    }

    /// <summary>Where the goal or the quarantine changed, counts all rewards anew from the index.</summary>
    private async Task FollowRuleAsync(Loaded state, RewardRule rule, IReadOnlySet<string> quarantined, CancellationToken cancellationToken)
    {
        var known = state.Fold.Rewards;
        if (known == rule.Map.Signature && quarantined.SetEquals(state.Fold.Quarantined)) return;
        state.Fold = state.Fold with { Rewards = rule.Map.Signature, Quarantined = [.. quarantined.Order(StringComparer.Ordinal)] };
        if (known is null && quarantined.Count == 0) return;
        await Refold.RunAsync(state.Index, state.Fold.Index.Runs, state.Signals, rule, cancellationToken).ConfigureAwait(false);
        await CommitAsync(state, cancellationToken).ConfigureAwait(false);
    }

    private async Task FoldLogAsync(Loaded state, RewardRule rule, CancellationToken cancellationToken)
    {
        var segments = new List<StoredEntry>();
        await foreach (var entry in LogReader.ListAsync(store, agent, state.Fold.Watermark, cancellationToken).ConfigureAwait(false)) segments.Add(entry);
        var now = clock.GetUtcNow();
        var latest = LatestOfWriters(segments);
        var cursors = new Dictionary<string, SegmentCursor>(state.Fold.Segments, StringComparer.Ordinal);
        var line = new FoldPipeline(options.ChunkBytes, _parsers, (chunk, reads) => FoldChunkAsync(state, rule, chunk, reads, cancellationToken));
        try
        {
            await ReadSegmentsAsync().ConfigureAwait(false);
        }
        finally
        {
            // Also after an error: nobody may start anew while a write is under way.
            await SettleAsync(state, cancellationToken).ConfigureAwait(false);
        }
        await AdvanceAsync(state, segments, now, cancellationToken).ConfigureAwait(false);

        async Task ReadSegmentsAsync()
        {
            try
            {
                foreach (var segment in segments)
                {
                    SegmentPath.TryParse(agent, segment.Path, out var hour, out var writer, out var number);
                    var cursor = cursors.GetValueOrDefault(segment.Path);
                    if (cursor.Closed) continue;
                    var offset = await ReadAsync(line, segment.Path, cursor.Offset, segment.Length, cancellationToken).ConfigureAwait(false);
                    var isOver = hour.AddHours(1) + options.SealAfter <= now || latest[writer] > number;
                    if (isOver) await SealAsync(line, segment.Path, offset, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                await line.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<long> ReadAsync(FoldPipeline line, string path, long offset, long length, CancellationToken cancellationToken)
    {
        if (offset >= length) return offset;
        using var reader = await store.OpenReadAsync(path, cancellationToken).ConfigureAwait(false);
        while (offset < length)
        {
            var memory = line.Lend(Math.Min(Math.Max(line.Room, LogReader.MaxLine), length - offset));
            var read = await LogReader.ReadAsync(reader, path, offset, memory, cancellationToken).ConfigureAwait(false);
            if (read is null) break;
            offset += read.Bytes.Length;
            await line.AddAsync(read, memory).ConfigureAwait(false);
        }
        return offset;
    }

    /// <summary>Closes a segment at the length it has, then reads what is left, with the seal. Where its writer appended in between, the next fold tries again.</summary>
    private async Task SealAsync(FoldPipeline line, string path, long offset, CancellationToken cancellationToken)
    {
        var rest = await store.ReadAsync(path, new ByteRange(offset), cancellationToken).ConfigureAwait(false);
        if (rest is null) return;
        var length = rest.Length;
        var seal = LogLine.SealAt(length);
        if ((await store.AppendAsync(path, seal, length, cancellationToken).ConfigureAwait(false)).Appended) length += seal.Length;
        await ReadAsync(line, path, offset, length, cancellationToken).ConfigureAwait(false);
    }

    private async Task FoldChunkAsync(Loaded state, RewardRule rule, FoldChunk chunk, List<ParsedEvent>[][] reads, CancellationToken cancellationToken)
    {
        var generation = ++state.Generation;
        var step = new FoldStep(state.Index, state.Signals, rule, generation, chunk);
        step.Ask(reads);
        await state.Index.FetchAsync(state.Fold.Index.Runs, cancellationToken).ConfigureAwait(false);
        step.AskMembers(reads);
        await state.Index.FetchAsync(state.Fold.Index.Runs, cancellationToken).ConfigureAwait(false);
        for (var r = 0; r < reads.Length; r++)
        {
            var read = chunk.Reads[r];
            var closed = step.Apply(r, reads[r]);
            state.Fold.Segments[read.Path] = new SegmentCursor(read.Offset + read.Bytes.Length, closed);
        }
        var changes = state.Index.Seal();
        var signals = state.Signals.ToSignals(agent, generation, state.Fold with { Segments = new Dictionary<string, SegmentCursor>(state.Fold.Segments, StringComparer.Ordinal) });
        await SettleAsync(state, cancellationToken).ConfigureAwait(false);
        state.Index.Writing(changes);
        state.Sealed = changes;
        state.Writing = Task.Run(() => WriteAsync(state, state.Fold.Index, changes, signals, step.Letters, cancellationToken), CancellationToken.None);
    }

    /// <summary>Writes what a chunk changed; returns the index's files from then on.</summary>
    private async Task<IndexFiles> WriteAsync(
        Loaded state, IndexFiles before, SealedEntries changes, FoldedSignals signals, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var cut = (clock.GetUtcNow() - options.Retention).UtcTicks;
        var files = await state.Tree.WriteAsync(before, changes, signals.Generation, cut, cancellationToken).ConfigureAwait(false);
        if (!await _letters.AddAsync(agent, signals.Generation - 1, letters, cancellationToken).ConfigureAwait(false)) throw new FoldConflictException(agent);
        await PublishAsync(state, signals with { Fold = signals.Fold! with { Index = files } }, cancellationToken).ConfigureAwait(false);
        return files;
    }

    /// <summary>Waits for the write under way, and lets go of what it made superfluous.</summary>
    private static async Task SettleAsync(Loaded state, CancellationToken cancellationToken)
    {
        if (state.Writing is not { } writing) return;
        state.Writing = null;
        var before = state.Fold.Index;
        var now = await writing.ConfigureAwait(false);
        state.Fold = state.Fold with { Index = now };
        state.Index.Committed(state.Sealed!, before, now);
        await state.Tree.DropAsync(before, now, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Moves the watermark past hours that are closed to the last segment and well behind the clock, once that lets cursors go.</summary>
    private async Task AdvanceAsync(Loaded state, List<StoredEntry> segments, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mark = SegmentPath.HourOf(now - options.WatermarkLag);
        foreach (var segment in segments)
            if (!state.Fold.Segments.GetValueOrDefault(segment.Path).Closed && SegmentPath.TryParse(agent, segment.Path, out var hour, out _, out _) && hour < mark)
                mark = hour;
        if (mark <= state.Fold.Watermark || !state.Fold.Segments.Keys.Any(path => IsBefore(path, mark))) return;
        await MoveWatermarkAsync(state, mark, cancellationToken).ConfigureAwait(false);
        await CommitAsync(state, cancellationToken).ConfigureAwait(false);
    }

    private async Task MoveWatermarkAsync(Loaded state, DateTimeOffset watermark, CancellationToken cancellationToken)
    {
        // Before the commit: writers may only be too careful.
        await LogWatermark.WriteAsync(store, agent, watermark, cancellationToken).ConfigureAwait(false);
        state.Fold = state.Fold with { Watermark = watermark };
        foreach (var path in state.Fold.Segments.Keys.Where(p => IsBefore(p, watermark)).ToList()) state.Fold.Segments.Remove(path);
    }

    private Task CommitAsync(Loaded state, CancellationToken cancellationToken) =>
        PublishAsync(state, state.Signals.ToSignals(agent, ++state.Generation, state.Fold), cancellationToken);

    private async Task PublishAsync(Loaded state, FoldedSignals signals, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(signals, SeamJson.Options);
        var condition = state.ETag is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(state.ETag);
        var result = await store.WriteAsync(SignalsPath(agent), bytes, condition, cancellationToken).ConfigureAwait(false);
        if (!result.Written) throw new FoldConflictException(agent);
        (state.ETag, state.Published) = (result.ETag, signals);
    }

    private async Task<Loaded> LoadAsync(CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(SignalsPath(agent), cancellationToken: cancellationToken).ConfigureAwait(false);
        var signals = stored is null ? null : JsonSerializer.Deserialize<FoldedSignals>(stored.Bytes.Span, SeamJson.Options);
        var fold = signals?.Fold ?? new FoldState();
        var tree = new RunTree(store, agent, $"{token}-{_loads++:x}", options);
        await tree.SweepAsync(fold.Index, signals?.Generation ?? 0, cancellationToken).ConfigureAwait(false);
        var index = new EventIndex(store, await NameTable.LoadAsync(store, fold.Index.Names, cancellationToken).ConfigureAwait(false), options.CachedEntries);
        return new Loaded(index, tree, new SignalsState(signals), signals ?? new FoldedSignals { Agent = agent, Generation = 0 }, fold, stored?.ETag);
    }

    private bool IsBefore(string path, DateTimeOffset hour) => SegmentPath.TryParse(agent, path, out var of, out _, out _) && of < hour;

    private Dictionary<string, int> LatestOfWriters(List<StoredEntry> segments)
    {
        var latest = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var segment in segments)
            if (SegmentPath.TryParse(agent, segment.Path, out _, out var writer, out var number))
                latest[writer] = Math.Max(number, latest.GetValueOrDefault(writer));
        return latest;
    }

    private sealed class Loaded(EventIndex index, RunTree tree, SignalsState signals, FoldedSignals published, FoldState fold, string? etag)
    {
        public EventIndex Index { get; } = index;
        public RunTree Tree { get; } = tree;
        public SignalsState Signals { get; } = signals;
        public FoldedSignals Published { get; set; } = published;
        public FoldState Fold { get; set; } = fold;
        public string? ETag { get; set; } = etag;

        /// <summary>The last generation that was given out; those not yet published follow <see cref="Published"/>'s.</summary>
        public long Generation { get; set; } = published.Generation;

        /// <summary>The chunk that is being written: its index files once that is done.</summary>
        public Task<IndexFiles>? Writing { get; set; }

        /// <summary>The changes that are being written.</summary>
        public SealedEntries? Sealed { get; set; }
    }
}
