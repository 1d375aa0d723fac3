using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Sketches;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>A version's traffic while it is folded.</summary>
internal sealed class VersionState
{
    public const int Reference = 1000;
    public const int LastRewards = 2000;
    public const int LastRequests = 400;
    private const int ServedStep = 50;
    private const int ServedMarks = 100;
    public const double EwmaWeight = 0.02;
    private const double LatencyError = 0.02;
    public const string Other = "(other)";
    private const int MostSlices = 400;
    private const int KeptSlices = 200;
    private const int MostArrays = 1024;

    private readonly Dictionary<string, SliceState> _slices = new(StringComparer.Ordinal);

    // Slices come as the same few shared arrays: these spare the look-ups by name. Forgotten where a name may have come to mean another slice.
    private readonly Dictionary<string[], SliceState[]> _served = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string[], SliceState[]> _judgedSlices = new(ReferenceEqualityComparer.Instance);
    private readonly Ring<RecentReward> _recent = new(LastRewards);
    private readonly Ring<RecentRequest> _requests = new(LastRequests);
    private readonly Ring<ServedMark> _marks = new(ServedMarks);
    private long _interactions, _errors, _judged;
    private double _sum, _squares, _referenceSum;
    private double? _ewma;
    private int _reference;
    private long _first, _last;
    private decimal _cost;

    public QuantileSketch Latency { get; private init; } = new(LatencyError);

    public long LastTicks => _last;

    public static VersionState Of(VersionSignals signals, QuantileSketchState? latency)
    {
        var state = new VersionState
        {
            _interactions = signals.Interactions,
            _errors = signals.Errors,
            _judged = signals.Judged,
            _sum = signals.RewardSum,
            _squares = signals.RewardSquares,
            _ewma = signals.Ewma,
            _first = signals.First?.UtcTicks ?? 0,
            _last = signals.Last?.UtcTicks ?? 0,
            _reference = signals.ReferenceCount,
            _referenceSum = signals.ReferenceSum,
            _cost = signals.CostUsd,
            Latency = latency is null ? new QuantileSketch(LatencyError) : QuantileSketch.From(latency),
        };
        state._recent.AddRange(signals.Recent);
        state._requests.AddRange(signals.RecentRequests);
        state._marks.AddRange(signals.Served);
        foreach (var (name, slice) in signals.Slices) state._slices[name] = SliceState.Of(slice);
        return state;
    }

    public VersionSignals ToSignals()
    {
        Trim();
        return new VersionSignals
        {
            Interactions = _interactions,
            Errors = _errors,
            Judged = _judged,
            RewardSum = _sum,
            RewardSquares = _squares,
            Ewma = _ewma,
            First = Time(_first),
            Last = Time(_last),
            ReferenceCount = _reference,
            ReferenceSum = _referenceSum,
            Recent = _recent.ToArray(),
            RecentRequests = _requests.ToArray(),
            Served = _marks.ToArray(),
            LatencyMs = Latency.Quantile(0.5) is { } median ? [median, Latency.Quantile(0.95)!.Value, Latency.Quantile(0.99)!.Value] : null,
            CostUsd = _cost,
            Slices = _slices.OrderBy(s => s.Key, StringComparer.Ordinal).ToDictionary(s => s.Key, s => s.Value.ToSignals()),
        };
    }

    public void Serve(in ParsedEvent served, string[] slices)
    {
        _interactions++;
        if (served.Failed) _errors++;
        if (_interactions % ServedStep == 0) _marks.Add(new ServedMark(new DateTimeOffset(served.Ticks, TimeSpan.Zero), _interactions));
        if (_first == 0 || served.Ticks < _first) _first = served.Ticks;
        _last = Math.Max(_last, served.Ticks);
        _cost += served.Cost;
        if (served.Latency >= 0) Latency.Add(served.Latency);
        _requests.Add(new RecentRequest(new DateTimeOffset(served.Ticks, TimeSpan.Zero), served.Failed, Known(served.Confidence), Known(served.Latency)));
        foreach (var slice in Served(slices)) slice.Interactions++;
    }

    /// <summary>Counts a change of an interaction's reward: from null (not judged) or a value, to a value.</summary>
    public void Judge(IndexEntry entry, double? before, double after)
    {
        Count(entry, before is null ? 1 : 0, before ?? 0, after);
        if (before is null) First(entry, after);
    }

    /// <summary>Counts a reward, but not in the rings.</summary>
    public void Recount(IndexEntry entry, double reward) => Count(entry, 1, 0, reward);

    /// <summary>Puts a newly judged interaction into the rings.</summary>
    public void First(IndexEntry entry, double reward)
    {
        _ewma = _ewma is { } mean ? mean + (EwmaWeight * (reward - mean)) : reward;
        _recent.Add(new RecentReward(new DateTimeOffset(entry.Ticks, TimeSpan.Zero), reward, entry.Decision));
        if (_reference < Reference)
        {
            _reference++;
            _referenceSum += reward;
        }
        foreach (var slice in Judged(entry.Slices)) slice.First(reward);
    }

    public void ForgetRewards()
    {
        (_judged, _sum, _squares, _ewma, _reference, _referenceSum) = (0, 0, 0, null, 0, 0);
        _recent.Clear();
        foreach (var slice in _slices.Values) slice.ForgetRewards();
    }

    public void Absorb(VersionState other)
    {
        _interactions += other._interactions;
        _errors += other._errors;
        _judged += other._judged;
        _sum += other._sum;
        _squares += other._squares;
        _cost += other._cost;
        if (_first == 0 || (other._first != 0 && other._first < _first)) _first = other._first;
        _last = Math.Max(_last, other._last);
        Latency.Merge(other.Latency);
    }

    private void Count(IndexEntry entry, int judged, double before, double after)
    {
        _judged += judged;
        _sum += after - before;
        _squares += (after * after) - (before * before);
        foreach (var slice in Judged(entry.Slices)) slice.Change(judged, after - before);
    }

    private SliceState[] Served(string[] slices)
    {
        if (_served.TryGetValue(slices, out var known)) return known;
        if (_slices.ContainsKey(Other)) _judgedSlices.Clear();
        if (_served.Count >= MostArrays) _served.Clear();
        return _served[slices] = Array.ConvertAll(slices, name =>
        {
            if (!_slices.TryGetValue(name, out var slice)) _slices[name] = slice = new SliceState();
            return slice;
        });
    }

    private SliceState[] Judged(string[] slices)
    {
        if (_judgedSlices.TryGetValue(slices, out var known)) return known;
        if (_judgedSlices.Count >= MostArrays) _judgedSlices.Clear();
        return _judgedSlices[slices] = Array.ConvertAll(slices, Slice);
    }

    private void Forget()
    {
        _served.Clear();
        _judgedSlices.Clear();
    }

    // A slice that was folded into the rest is counted there from then on.
    private SliceState Slice(string name)
    {
        if (_slices.TryGetValue(name, out var state) || _slices.TryGetValue(Other, out state)) return state;
        return _slices[name] = new SliceState();
    }

    private void Trim()
    {
        if (_slices.Count <= MostSlices) return;
        Forget();
        _slices.Remove(Other, out var other);
        other ??= new SliceState();
        foreach (var (name, slice) in _slices.OrderByDescending(s => s.Value.Interactions).ThenBy(s => s.Key, StringComparer.Ordinal).Skip(KeptSlices).ToList())
        {
            other.Absorb(slice);
            _slices.Remove(name);
        }
        _slices[Other] = other;
    }

    private static DateTimeOffset? Time(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
