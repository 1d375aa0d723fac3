using System.Buffers;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// The index of an agent's events by the hash of their ids: a log-structured merge tree of immutable runs. A fold first fetches all
/// entries its events touch, changes them in memory, and writes them as one new run; small neighbours are absorbed, eight of a size
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
    public async Task FetchAsync(IReadOnlyList<RunInfo> runs, HashSet<UInt128> keys, CancellationToken cancellationToken)
    {
        if (runs.Count == 0) return;
        var missing = new List<UInt128>();
        foreach (var key in keys)
            if (Find(key) is null)
                missing.Add(key);
        for (var r = runs.Count - 1; r >= 0 && missing.Count > 0; r--)
        {
            var run = await OpenAsync(runs[r], cancellationToken).ConfigureAwait(false);
            var maybe = missing.FindAll(run.MayContain);
            if (maybe.Count == 0) continue;
            maybe.Sort();
            var found = false;
            await run.FindAsync(store, maybe, (_, record) =>
            {
                var entry = _codec.Read(record.Span);
                _young[entry.Key] = entry;
                found = true;
            }, cancellationToken).ConfigureAwait(false);
            if (found) missing.RemoveAll(_young.ContainsKey);
        }
    }

    /// <summary>Writes the changed entries and merges runs; returns the runs that the signals are to name from now on.</summary>
    public async Task<IReadOnlyList<RunInfo>> WriteAsync(IReadOnlyList<RunInfo> runs, long generation, long cut, CancellationToken cancellationToken)
    {
        if (_dirty.Count == 0) return runs;
        var kept = runs.ToList();
        var image = Encode();
        var sources = new List<RecordSource> { new(image) };
        long total = image.Length, count = _dirty.Count;
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

    /// <summary>After the commit: changes are safe, old runs can go, and memory is trimmed.</summary>
    public async Task CommittedAsync(IReadOnlyList<RunInfo> before, IReadOnlyList<RunInfo> now, CancellationToken cancellationToken)
    {
        foreach (var entry in _dirty)
        {
            entry.Dirty = false;
            // Feedback entries serve to find duplicates alone, which are rare: not worth the memory.
            if (entry.Kind == EntryKind.Feedback) _young.Remove(entry.Key);
        }
        _dirty.Clear();
        if (_young.Count > cachedEntries) (_old, _young) = (_young, []);
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
            if (!named.Contains(entry.Path) && long.TryParse(entry.Path.AsSpan(prefix.Length).Slice(0, Math.Min(16, entry.Path.Length - prefix.Length)), System.Globalization.NumberStyles.HexNumber, null, out var of) && of <= generation)
                orphans.Add(entry.Path);
        foreach (var orphan in orphans) await store.DeleteAsync(orphan, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads every entry once, its newest state; changes in memory are not seen.</summary>
    public async Task ScanAsync(IReadOnlyList<RunInfo> runs, Func<IndexEntry, bool> visit, CancellationToken cancellationToken)
    {
        var queue = new PriorityQueue<RecordSource, (UInt128, int)>();
        var order = new Dictionary<RecordSource, int>();
        for (var r = 0; r < runs.Count; r++)
        {
            var source = new RecordSource(store, runs[r]);
            order[source] = runs.Count - r;
            if (await source.MoveNextAsync(cancellationToken).ConfigureAwait(false)) queue.Enqueue(source, (source.Key, order[source]));
        }
        UInt128? last = null;
        while (queue.TryDequeue(out var source, out _))
        {
            if (source.Key != last)
            {
                last = source.Key;
                if (!visit(_codec.Read(source.Record))) return;
            }
            if (await source.MoveNextAsync(cancellationToken).ConfigureAwait(false)) queue.Enqueue(source, (source.Key, order[source]));
        }
    }

    private static string Prefix(string agent) => $"index/{agent}/run-";

    private async Task<RunInfo> MergeAsync(List<RecordSource> newestFirst, long count, long generation, long cut, CancellationToken cancellationToken)
    {
        var writer = new RunWriter(store, $"{Prefix(agent)}{generation:x16}-{token}-{_files++}", count);
        await RecordSource.MergeAsync(newestFirst, writer, cut, cancellationToken).ConfigureAwait(false);
        return await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    private byte[] Encode()
    {
        var keys = new UInt128[_dirty.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = _dirty[i].Key;
        var entries = _dirty.ToArray();
        Array.Sort(keys, entries);
        var (buffer, scratch) = (new ArrayBufferWriter<byte>(Math.Max(256, entries.Length * 96)), new ArrayBufferWriter<byte>(512));
        foreach (var entry in entries) EntryCodec.Write(buffer, entry, scratch);
        return buffer.WrittenSpan.ToArray();
    }

    private async Task<Run> OpenAsync(RunInfo info, CancellationToken cancellationToken)
    {
        if (!_open.TryGetValue(info.Path, out var run)) _open[info.Path] = run = await Run.OpenAsync(store, info, cancellationToken).ConfigureAwait(false);
        return run;
    }
}
