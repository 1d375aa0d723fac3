using System.Globalization;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Writes an index's runs: a log-structured merge tree. Small neighbours are absorbed, eight of a size merge into one: so an event is rewritten some log8(n)
/// times. A merge takes a step with each chunk that is written, twice as large as the chunk: it is done before it is eight further ones' turn, and no chunk
/// waits for more than a step of a merge for each size. Runs count only when the signals that name them are committed. One call at a time; touches nothing of
/// what is in memory for events that are applied meanwhile.
/// </summary>
internal sealed class RunTree(IObjectStore store, string agent, string token, AggregatorOptions options)
{
    private const int MergeAt = 8;
    private readonly List<RunMerge> _merges = [];
    private int _files;

    /// <summary>Writes changes; returns what the signals are to name from now on.</summary>
    public async Task<IndexFiles> WriteAsync(IndexFiles files, SealedEntries changes, long generation, long cut, CancellationToken cancellationToken)
    {
        if (changes.Count == 0) return files with { Merging = Merging() };
        var (names, runs) = (files.Names, files.Runs.ToList());
        if (changes.Names is { } bytes)
        {
            names = NewPath("names", generation);
            await store.WriteAsync(names, bytes, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        var step = Math.Max(options.MergeStepBytes, 2L * changes.Records.Length);
        await AddAsync(runs, changes, generation, cut, cancellationToken).ConfigureAwait(false);
        for (var i = _merges.Count - 1; i >= 0; i--) await AdvanceAsync(_merges[i], step, runs, cancellationToken).ConfigureAwait(false);
        while (Due(runs) is { } group)
        {
            var merge = new RunMerge(store, NewPath("run", generation), group, newest: null, more: 0, cut, options.MergeStepBytes);
            _merges.Add(merge);
            await AdvanceAsync(merge, step, runs, cancellationToken).ConfigureAwait(false);
        }
        return new IndexFiles { Runs = runs, Merging = Merging(), Names = names };
    }

    /// <summary>Deletes what was there before a commit and no longer is.</summary>
    public async Task DropAsync(IndexFiles before, IndexFiles now, CancellationToken cancellationToken)
    {
        foreach (var gone in before.Paths().Except(now.Paths(), StringComparer.Ordinal))
            await store.DeleteAsync(gone, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes objects of folds that were cut short: no newer than what is committed, and named by nobody.</summary>
    public async Task SweepAsync(IndexFiles files, long generation, CancellationToken cancellationToken)
    {
        var named = files.Paths().ToHashSet(StringComparer.Ordinal);
        var orphans = new List<string>();
        foreach (var kind in (string[])["names", "run"])
        {
            var prefix = Prefix(kind);
            await foreach (var entry in store.ListAsync(prefix, cancellationToken: cancellationToken).ConfigureAwait(false))
            {
                var name = entry.Path.AsSpan(prefix.Length);
                if (named.Contains(entry.Path) || name.Length < 16 || !long.TryParse(name[..16], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var of)) continue;
                if (of <= generation) orphans.Add(entry.Path);
            }
        }
        foreach (var orphan in orphans) await store.DeleteAsync(orphan, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private string Prefix(string kind) => $"index/{agent}/{kind}-";

    private string NewPath(string kind, long generation) => $"{Prefix(kind)}{generation:x16}-{token}-{_files++}";

    private List<string> Merging() => [.. _merges.Select(m => m.Path)];

    private bool IsMerging(RunInfo run) => _merges.Any(m => m.Runs.Contains(run));

    /// <summary>Writes changes as a new run, together with small ones before it.</summary>
    private async Task AddAsync(List<RunInfo> runs, SealedEntries changes, long generation, long cut, CancellationToken cancellationToken)
    {
        var (total, from) = ((long)changes.Records.Length, runs.Count);
        for (; from > 0 && total + runs[from - 1].Length < options.SmallestRunBytes && !IsMerging(runs[from - 1]); from--) total += runs[from - 1].Length;
        using var merge = new RunMerge(store, NewPath("run", generation), runs[from..], changes.InKeyOrder(), changes.Count, cut, options.MergeStepBytes);
        runs.RemoveRange(from, runs.Count - from);
        runs.Add((await merge.AdvanceAsync(long.MaxValue, cancellationToken).ConfigureAwait(false))!);
    }

    private async Task AdvanceAsync(RunMerge merge, long step, List<RunInfo> runs, CancellationToken cancellationToken)
    {
        if (await merge.AdvanceAsync(step, cancellationToken).ConfigureAwait(false) is not { } merged) return;
        var at = runs.IndexOf(merge.Runs[0]);
        runs.RemoveRange(at, merge.Runs.Count);
        runs.Insert(at, merged);
        _merges.Remove(merge);
        merge.Dispose();
    }

    /// <summary>Neighbours that are due to be merged: as many as eight, none larger in size class than the newest of them, none being merged already.</summary>
    private List<RunInfo>? Due(List<RunInfo> runs)
    {
        for (var last = runs.Count - 1; last >= 0; last--)
        {
            if (IsMerging(runs[last])) continue;
            var (tier, from) = (runs[last].Tier(options.SmallestRunBytes), last);
            while (from > 0 && !IsMerging(runs[from - 1]) && runs[from - 1].Tier(options.SmallestRunBytes) <= tier) from--;
            if (last + 1 - from >= MergeAt) return runs[from..(last + 1)];
        }
        return null;
    }
}
