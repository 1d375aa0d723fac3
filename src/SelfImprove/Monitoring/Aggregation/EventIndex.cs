using System.Buffers;
using System.Globalization;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// The index of an agent's events by the hash of their ids: a log-structured merge tree of immutable runs. A fold first fetches all
/// entries its events touch, changes them in memory, and writes them as one new run while the next events are applied; small neighbours are absorbed, eight of a size
/// merge into one. So an event is rewritten some log8(n) times, and a new id costs a look into filters, whatever the number of events
/// already there. Runs count only when the signals that name them are committed; entries in memory beyond that are thrown away
/// by whoever fails to commit.
/// </summary>
internal sealed class EventIndex(IObjectStore store, string agent, string token, int cachedEntries)
{
    private const int MergeAt = 8;
    private const int AbsorbBytes = 256 * 1024;
    private readonly Dictionary<string, Run> _open = new(StringComparer.Ordinal);
    private readonly EntryCodec _codec = new();
    private readonly List<IndexEntry> _dirty = [];
    private Dictionary<UInt128, IndexEntry> _young = [];
    private Dictionary<UInt128, IndexEntry> _old = [];
    private int _files;

    /// <summary>Finds an entry that is in memory: fetched before, or new.</summary>
    public IndexEntry? Find(UInt128 key)
    {
        if (_young.TryGetValue(key, out var entry)) return entry;
        if (!_old.Remove(key, out entry)) return null;
        _young[key] = entry;
        return entry;
    }

    public IndexEntry FindOrAdd(UInt128 key, EntryKind kind)
    {
        var entry = Find(key);
        if (entry is null) _young[key] = entry = new IndexEntry(key, kind);
        return entry;
    }

    public void Touch(IndexEntry entry)
    {
        if (entry.Dirty) return;
        entry.Dirty = true;
        _dirty.Add(entry);
    }

    /// <summary>Brings what there is of the keys into memory. After this, a key that <see cref="Find"/> does not find is unknown.</summary>
    public async Task FetchAsync(IReadOnlyList<RunInfo> runs, List<UInt128> keys, CancellationToken cancellationToken)
    {
        if (runs.Count == 0) return;
        // In key order, so that the filters' memory is walked from front to back.
        var missing = KeyOrder.SortedOnce(keys.FindAll(key => Find(key) is null));
        for (var r = runs.Count - 1; r >= 0 && missing.Count > 0; r--)
        {
            var run = await OpenAsync(runs[r], cancellationToken).ConfigureAwait(false);
            var maybe = new List<UInt128>();
            foreach (var key in missing)
                if (run.MayContain(key))
                    maybe.Add(key);
            if (maybe.Count == 0) continue;
            var found = new HashSet<UInt128>();
            await run.FindAsync(store, maybe, record =>
            {
                var entry = _codec.Read(record.Span);
                _young[entry.Key] = entry;
                found.Add(entry.Key);
            }, cancellationToken).ConfigureAwait(false);
            if (found.Count > 0) missing.RemoveAll(found.Contains);
        }
    }

    /// <summary>Takes the changes since the last call, to be written. They stay in memory until <see cref="CommittedAsync"/> is told of them.</summary>
    public SealedEntries Seal()
    {
        var entries = KeyOrder.Sorted(_dirty);
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, entries.Length * 128));
        foreach (var entry in entries)
        {
            EntryCodec.Write(buffer, entry);
            entry.Dirty = false;
        }
        _dirty.Clear();
        return new SealedEntries(buffer.WrittenMemory, entries);
    }

    /// <summary>
    /// Writes changes and merges runs; returns the runs that the signals are to name from now on. Touches nothing that is in memory, so that events can be
    /// applied meanwhile; one call at a time.
    /// </summary>
    public async Task<IReadOnlyList<RunInfo>> WriteAsync(IReadOnlyList<RunInfo> runs, SealedEntries changes, long generation, long cut, CancellationToken cancellationToken)
    {
        if (changes.Entries.Count == 0) return runs;
        var kept = runs.ToList();
        var sources = new List<RecordSource> { new(changes.Image) };
        long total = changes.Image.Length, count = changes.Entries.Count;
        while (kept.Count > 0 && kept[^1].Tier == 0 && total + kept[^1].Length < AbsorbBytes)
        {
            sources.Add(new RecordSource(store, kept[^1]));
            (total, count) = (total + kept[^1].Length, count + kept[^1].Count);
            kept.RemoveAt(kept.Count - 1);
        }
        kept.Add(await MergeAsync(sources, count, generation, cut, cancellationToken).ConfigureAwait(false));
        while (true)
        {
            var tier = kept[^1].Tier;
            var from = kept.Count;
            while (from > 0 && kept[from - 1].Tier <= tier) from--;
            if (kept.Count - from < MergeAt) return kept;
            var group = kept[from..];
            group.Reverse();
            kept.RemoveRange(from, kept.Count - from);
            kept.Add(await MergeAsync([.. group.Select(g => new RecordSource(store, g))], group.Sum(g => g.Count), generation, cut, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>After the commit: changes are safe, old runs can go, and memory is trimmed. Not while events are applied.</summary>
    public async Task CommittedAsync(SealedEntries changes, IReadOnlyList<RunInfo> before, IReadOnlyList<RunInfo> now, CancellationToken cancellationToken)
    {
        // Feedback entries serve to find duplicates alone, which are rare: not worth the memory.
        foreach (var entry in changes.Entries)
            if (entry.Kind == EntryKind.Feedback) _young.Remove(entry.Key);
        // What is not yet committed was touched since the last time, so it is among the young, and stays.
        if (_young.Count > cachedEntries)
        {
            _old.Clear();
            (_old, _young) = (_young, _old);
        }
        foreach (var gone in before.Where(b => !now.Contains(b)))
        {
            _open.Remove(gone.Path);
            await store.DeleteAsync(gone.Path, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes runs of folds that were cut short: no newer than what is committed, and named by nobody.</summary>
    public async Task SweepAsync(IReadOnlyList<RunInfo> runs, long generation, CancellationToken cancellationToken)
    {
        var named = runs.Select(r => r.Path).ToHashSet(StringComparer.Ordinal);
        var orphans = new List<string>();
        var prefix = Prefix(agent);
        await foreach (var entry in store.ListAsync(prefix, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var name = entry.Path.AsSpan(prefix.Length);
            if (named.Contains(entry.Path) || name.Length < 16 || !long.TryParse(name[..16], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var of)) continue;
            if (of <= generation) orphans.Add(entry.Path);
        }
        foreach (var orphan in orphans) await store.DeleteAsync(orphan, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads every entry once, its newest state; changes in memory are not seen.</summary>
    public async Task ScanAsync(IReadOnlyList<RunInfo> runs, Action<IndexEntry> visit, CancellationToken cancellationToken)
    {
        var merge = new RecordMerge([.. runs.Reverse().Select(r => new RecordSource(store, r))]);
        while (await merge.MoveNextAsync(cancellationToken).ConfigureAwait(false)) visit(_codec.Read(merge.Record));
    }

    private static string Prefix(string agent) => $"index/{agent}/run-";

    private async Task<RunInfo> MergeAsync(List<RecordSource> newestFirst, long count, long generation, long cut, CancellationToken cancellationToken)
    {
        var writer = new RunWriter(store, $"{Prefix(agent)}{generation:x16}-{token}-{_files++}", count);
        var merge = new RecordMerge(newestFirst);
        while (merge.TryMoveNext() || await merge.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            if (EntryCodec.Ticks(merge.Record) >= cut) writer.Add(merge.Key, merge.Record);
            if (writer.WantsFlush) await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        return await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Run> OpenAsync(RunInfo info, CancellationToken cancellationToken)
    {
        if (!_open.TryGetValue(info.Path, out var run)) _open[info.Path] = run = await Run.OpenAsync(store, info, cancellationToken).ConfigureAwait(false);
        return run;
    }
}
