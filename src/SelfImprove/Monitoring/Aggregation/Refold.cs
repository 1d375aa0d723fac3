namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Counts all rewards anew from the index, after a source was quarantined or released, or the goal changed. Counts of interactions
/// stay. The rings are refilled in the order of first judgements. Reads the whole index: rare, and at a person's wish. What
/// the index no longer keeps is no longer in the sums.
/// </summary>
internal static class Refold
{
    public static async Task RunAsync(EventIndex index, IReadOnlyList<RunInfo> runs, SignalsState signals, RewardRule rule, CancellationToken cancellationToken)
    {
        signals.ForgetRewards();
        var windows = new Dictionary<string, Window>(StringComparer.Ordinal);
        await index.ScanAsync(runs, entry =>
        {
            if (entry.Kind != EntryKind.Interaction || !entry.Arrived || rule.RewardOf(entry) is not { } reward) return;
            signals.Attribute(entry, rule, +1);
            signals.Recount(entry, reward);
            if (!windows.TryGetValue(entry.Version, out var window)) windows[entry.Version] = window = new Window();
            window.Add(entry, reward);
        }, cancellationToken).ConfigureAwait(false);
        foreach (var window in windows.OrderBy(w => w.Key, StringComparer.Ordinal))
            foreach (var (entry, reward) in window.Value.InOrder())
                signals.Replay(entry, reward);
    }

    /// <summary>The first judged interactions of a version, for the reference period, and the last ones, for the rings.</summary>
    private sealed class Window
    {
        private readonly SortedDictionary<(long, long, UInt128), (IndexEntry, double)> _first = [];
        private readonly SortedDictionary<(long, long, UInt128), (IndexEntry, double)> _last = [];

        public void Add(IndexEntry entry, double reward)
        {
            // Judged by quarantined sources alone until now: no place yet, so last.
            var order = (entry.Sequence == 0 ? long.MaxValue : entry.Sequence, entry.Ticks, entry.Key);
            _last[order] = (entry, reward);
            if (_last.Count <= VersionState.LastRewards) return;
            var oldest = _last.First();
            _last.Remove(oldest.Key);
            _first[oldest.Key] = oldest.Value;
            if (_first.Count > VersionState.Reference) _first.Remove(_first.Last().Key);
        }

        public IEnumerable<(IndexEntry Entry, double Reward)> InOrder() => _first.Values.Concat(_last.Values);
    }
}
