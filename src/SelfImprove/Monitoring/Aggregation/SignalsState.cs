using System.Globalization;
using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>An agent's signals while they are folded. Sums and counts don't depend on the order of events; rings and weighted means do.</summary>
internal sealed class SignalsState
{
    public const string UnknownVersion = "(unknown)";
    public const string OlderVersions = "(older)";
    private const int MostVersions = 32;
    private const int KeptVersions = 24;
    private const int MostSources = 400;
    private const int KeptSources = 200;
    private const int Days = 35;

    private readonly Dictionary<string, VersionState> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceState> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<long, long> _daily = [];
    private long _interactions, _judged, _newest;

    public long Sequence { get; private set; }
    public long DeadLetters { get; set; }

    public SignalsState(FoldedSignals? signals)
    {
        if (signals is null) return;
        (_interactions, _judged, _newest) = (signals.Interactions, signals.Judged, signals.NewestEvent?.UtcTicks ?? 0);
        (DeadLetters, Sequence) = (signals.DeadLetters, signals.Fold?.Sequence ?? 0);
        foreach (var (name, version) in signals.Versions) _versions[name] = VersionState.Of(version, signals.Fold?.Latency.GetValueOrDefault(name));
        foreach (var (name, source) in signals.Sources) _sources[name] = SourceState.Of(source);
        foreach (var (day, count) in signals.Daily) _daily[DateTime.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).Ticks / TimeSpan.TicksPerDay] = count;
    }

    public void See(long ticks) => _newest = Math.Max(_newest, ticks);

    public void Serve(in ParsedEvent served, IndexEntry entry)
    {
        _interactions++;
        var day = served.Ticks / TimeSpan.TicksPerDay;
        _daily[day] = _daily.GetValueOrDefault(day) + 1;
        Version(entry.Version).Serve(served, entry.Slices);
    }

    /// <summary>Counts a change of an interaction's reward; null is not judged.</summary>
    public void Judge(IndexEntry entry, double? before, double? after)
    {
        if (after is not { } reward || before == after) return;
        if (before is null)
        {
            _judged++;
            entry.Sequence = ++Sequence;
            entry.FirstReward = reward;
        }
        KnownVersion(entry.Version).Judge(entry, before, reward);
    }

    /// <summary>Adds (+1) or takes back (-1) what an interaction's judgements say about their sources.</summary>
    public void Attribute(IndexEntry entry, RewardRule rule, int sign)
    {
        var (total, count) = (0.0, 0);
        foreach (ref readonly var judgement in entry.Judgements)
            if (rule.RewardOf(judgement) is { } reward)
                (total, count) = (total + reward, count + 1);
        if (count == 0) return;
        foreach (ref readonly var judgement in entry.Judgements)
        {
            if (rule.RewardOf(judgement) is not { } reward) continue;
            var source = sign > 0 ? Source(judgement.Source) : KnownSource(judgement.Source);
            source.Judgements += sign;
            source.RewardSum += sign * reward;
            if (count == 1) continue;
            source.Shared += sign;
            if (Math.Abs(reward - ((total - reward) / (count - 1))) < 0.5) source.Agreed += sign;
        }
    }

    /// <summary>Forgets all that came of judgements, for counting them anew.</summary>
    public void ForgetRewards()
    {
        _judged = 0;
        _sources.Clear();
        foreach (var version in _versions.Values) version.ForgetRewards();
    }

    /// <summary>Counts an interaction's reward anew, without the rings.</summary>
    public void Recount(IndexEntry entry, double reward)
    {
        _judged++;
        KnownVersion(entry.Version).Recount(entry, reward);
    }

    /// <summary>Puts a recounted interaction into the rings; in the order of first judgements.</summary>
    public void Replay(IndexEntry entry, double reward) => KnownVersion(entry.Version).First(entry, reward);

    public FoldedSignals ToSignals(string agent, long generation, FoldState fold)
    {
        TrimVersions();
        TrimSources();
        foreach (var day in _daily.Keys.OrderDescending().Skip(Days).ToList()) _daily.Remove(day);
        var quarantined = fold.Quarantined.ToHashSet(StringComparer.Ordinal);
        foreach (var source in quarantined) Source(source);
        return new FoldedSignals
        {
            Agent = agent,
            Generation = generation,
            Interactions = _interactions,
            Judged = _judged,
            NewestEvent = _newest == 0 ? null : new DateTimeOffset(_newest, TimeSpan.Zero),
            Versions = _versions.OrderBy(v => v.Key, StringComparer.Ordinal).ToDictionary(v => v.Key, v => v.Value.ToSignals()),
            Sources = _sources.OrderBy(s => s.Key, StringComparer.Ordinal).ToDictionary(s => s.Key, s => s.Value.ToSignals(quarantined.Contains(s.Key))),
            Daily = _daily.OrderBy(d => d.Key).ToDictionary(d => new DateTime(d.Key * TimeSpan.TicksPerDay).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), d => d.Value),
            DeadLetters = DeadLetters,
            Fold = fold with
            {
                Sequence = Sequence,
                Latency = _versions.ToDictionary(v => v.Key, v => v.Value.Latency.ToState()),
            },
        };
    }

    private VersionState Version(string name)
    {
        if (!_versions.TryGetValue(name, out var state)) _versions[name] = state = new VersionState();
        return state;
    }

    // What was folded into the rest is counted there from then on.
    private VersionState KnownVersion(string name) =>
        _versions.TryGetValue(name, out var state) || _versions.TryGetValue(OlderVersions, out state) ? state : Version(name);

    private SourceState KnownSource(string name) =>
        _sources.TryGetValue(name, out var state) || _sources.TryGetValue(VersionState.Other, out state) ? state : Source(name);

    private SourceState Source(string name)
    {
        if (!_sources.TryGetValue(name, out var state)) _sources[name] = state = new SourceState();
        return state;
    }

    private void TrimVersions()
    {
        if (_versions.Count <= MostVersions) return;
        var older = Version(OlderVersions);
        foreach (var (name, version) in _versions.Where(v => v.Key != OlderVersions).OrderByDescending(v => v.Value.LastTicks).ThenBy(v => v.Key, StringComparer.Ordinal).Skip(KeptVersions).ToList())
        {
            older.Absorb(version);
            _versions.Remove(name);
        }
    }

    private void TrimSources()
    {
        if (_sources.Count <= MostSources) return;
        var other = Source(VersionState.Other);
        foreach (var (name, source) in _sources.Where(s => s.Key != VersionState.Other).OrderByDescending(s => s.Value.Judgements).ThenBy(s => s.Key, StringComparer.Ordinal).Skip(KeptSources).ToList())
        {
            other.Absorb(source);
            _sources.Remove(name);
        }
    }
}
