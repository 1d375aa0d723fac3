using System.Buffers;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// The index of an agent's events by the hash of their ids: what is in memory of it, and look-ups in its runs. A fold first fetches all entries its events
/// touch, changes them in memory, and has them written (<see cref="RunTree"/>) while the next events are applied. A new id costs a look into filters,
/// whatever the number of events already there. Entries in memory beyond what is committed are thrown away by whoever fails to commit.
/// </summary>
internal sealed class EventIndex(IObjectStore store, NameTable names, int cachedEntries)
{
    private readonly Dictionary<string, Run> _open = new(StringComparer.Ordinal);
    private readonly EntryCodec _codec = new(names);
    private readonly List<IndexEntry> _dirty = [];
    private readonly KeyMap _asked = new();
    private EntryTable _young = new();
    private EntryTable _old = new();
    private MarkTable _marks = new();
    private MarkTable? _sealed;
    private MarkTable? _spare;

    /// <summary>Finds an interaction or episode that is in memory: fetched before, or new.</summary>
    public IndexEntry? Find(UInt128 key)
    {
        if (_young.Find(key) is { } entry) return entry;
        if (_old.Find(key) is { } old)
        {
            _young.Put(old);
            return old;
        }
        return null;
    }

    public IndexEntry FindOrAdd(UInt128 key, EntryKind kind)
    {
        if (Find(key) is { } known) return known;
        var entry = new IndexEntry(key, kind);
        _young.Put(entry);
        return entry;
    }

    public void Touch(IndexEntry entry)
    {
        if (entry.Dirty) return;
        entry.Dirty = true;
        _dirty.Add(entry);
    }

    /// <summary>The content of the feedback of this key; null where it is new.</summary>
    public ulong? FindFeedback(UInt128 key) => _marks.Find(key) ?? _sealed?.Find(key);

    public void AddFeedback(UInt128 key, ulong content, long ticks) => _marks.Add(key, content, ticks, isNew: true);

    /// <summary>Has the next <see cref="FetchAsync"/> look for an interaction or episode.</summary>
    public void Ask(UInt128 key)
    {
        if (Find(key) is null) _asked.Add(key, out _);
    }

    /// <summary>Has the next <see cref="FetchAsync"/> look for feedback.</summary>
    public void AskFeedback(UInt128 key)
    {
        if (FindFeedback(key) is null) _asked.Add(key, out _);
    }

    /// <summary>Brings what there is of the keys asked for into memory. After this, one that is not found is unknown.</summary>
    public async Task FetchAsync(IReadOnlyList<RunInfo> runs, CancellationToken cancellationToken)
    {
        var count = _asked.Count;
        if (count > 0 && runs.Count > 0)
        {
            var (keys, known) = (ArrayPool<UInt128>.Shared.Rent(count), ArrayPool<int>.Shared.Rent(count));
            _asked.Keys.CopyTo(keys);
            Array.Clear(known, 0, count);

            // In key order, so that the filters' memory is walked from front to back.
            KeyOrder.Sort(keys.AsSpan(0, count), known.AsSpan(0, count));
            await LookUpAsync(runs, keys.AsMemory(0, count), known, cancellationToken).ConfigureAwait(false);
            ArrayPool<UInt128>.Shared.Return(keys);
            ArrayPool<int>.Shared.Return(known);
        }
        _asked.Reset();
    }

    /// <summary>Takes the changes since the last call, to be written. They stay in memory until <see cref="Committed"/> is told of them.</summary>
    public SealedEntries Seal()
    {
        var changes = new SealedEntries(_dirty.Count + _marks.Added, _marks);
        foreach (var entry in _dirty)
        {
            changes.Start(entry.Key);
            _codec.Write(changes.Records, entry);
            entry.Dirty = false;
        }
        _marks.Seal(changes);
        changes.Names = names.TakeChanges();
        _dirty.Clear();
        (_marks, _spare) = (_spare ?? new MarkTable(), null);
        return changes;
    }

    /// <summary>From now on these changes are being written, and the ones before are committed.</summary>
    public void Writing(SealedEntries changes) => _sealed = changes.Marks;

    /// <summary>After the commit: changes are safe, and memory is trimmed. Not while events are applied.</summary>
    public void Committed(SealedEntries changes, IndexFiles before, IndexFiles now)
    {
        (_sealed, _spare) = (null, changes.Marks);
        _spare.Clear();
        changes.Dispose();

        // What is not yet committed was touched since the last time, so it is among the young, and stays.
        if (_young.Count > cachedEntries)
        {
            _old.Clear();
            (_old, _young) = (_young, _old);
        }
        foreach (var gone in before.Runs.Except(now.Runs)) _open.Remove(gone.Path);
    }

    /// <summary>Reads every entry once, its newest state; changes in memory are not seen.</summary>
    public async Task ScanAsync(IReadOnlyList<RunInfo> runs, Action<IndexEntry> visit, CancellationToken cancellationToken)
    {
        using var merge = new RecordMerge([.. runs.Reverse().Select(r => new RecordSource(store, r))]);
        while (await merge.MoveNextAsync(cancellationToken).ConfigureAwait(false)) visit(_codec.Read(merge.Record));
    }

    private async Task LookUpAsync(IReadOnlyList<RunInfo> runs, ReadOnlyMemory<UInt128> keys, int[] known, CancellationToken cancellationToken)
    {
        var maybe = new List<int>();
        for (var r = runs.Count - 1; r >= 0; r--)
        {
            if (!_open.TryGetValue(runs[r].Path, out var run))
                _open[runs[r].Path] = run = await Run.OpenAsync(store, runs[r], cancellationToken).ConfigureAwait(false);
            maybe.Clear();
            run.MayContain(keys.Span, known, maybe);
            if (maybe.Count > 0) await run.FindAsync(store, keys, maybe, Take, cancellationToken).ConfigureAwait(false);
        }

        void Take(ReadOnlySpan<byte> record, int number)
        {
            known[number] = 1;
            if (EntryCodec.Kind(record) == EntryKind.Feedback) _marks.Add(keys.Span[number], EntryCodec.Content(record), EntryCodec.Ticks(record), isNew: false);
            else _young.Put(_codec.Read(record));
        }
    }
}
