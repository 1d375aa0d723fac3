using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Tests.Monitoring.Triggers;

/// <summary>Signals of one version over a long life, kept as the fold keeps them, at the cost of the newest thumbs only.</summary>
public sealed class RollingTraffic
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly Queue<RecentReward> _recent = new();
    private readonly Queue<ServedMark> _marks = new();
    private readonly SortedDictionary<string, Slice> _slices = new(StringComparer.Ordinal);
    private long _served, _judged;
    private int _reference;
    private double _sum, _referenceSum;

    /// <summary>A request that nobody judges.</summary>
    public RollingTraffic Serve()
    {
        if (++_served % 50 == 0) _marks.Enqueue(new ServedMark(Now, _served));
        if (_marks.Count > 100) _marks.Dequeue();
        return this;
    }

    /// <summary>A judged request of one of the slices <c>decision=d{n}</c>.</summary>
    public void Add(bool up, int slice = 0)
    {
        Serve();
        var (reward, name) = (up ? 1.0 : 0, $"d{slice}");
        _judged++;
        _sum += reward;
        _recent.Enqueue(new RecentReward(Now, reward, name));
        if (_recent.Count > 2_000) _recent.Dequeue();
        if (_reference < 1_000) (_reference, _referenceSum) = (_reference + 1, _referenceSum + reward);
        if (!_slices.TryGetValue($"decision={name}", out var of)) _slices[$"decision={name}"] = of = new Slice();
        of.Add(reward);
    }

    public VersionSignals Signals() => new()
    {
        Interactions = _served, Judged = _judged, RewardSum = _sum, ReferenceCount = _reference, ReferenceSum = _referenceSum, Recent = [.. _recent], Served = [.. _marks],
        Slices = _slices.ToDictionary(s => s.Key, s => s.Value.Signals()),
    };

    private DateTimeOffset Now => Start.AddSeconds(20 * _served);

    private sealed class Slice
    {
        private readonly Queue<double> _recent = new();
        private int _judged, _reference;
        private double _sum, _referenceSum;

        public void Add(double reward)
        {
            _judged++;
            _sum += reward;
            _recent.Enqueue(reward);
            if (_recent.Count > 60) _recent.Dequeue();
            if (_reference < 50) (_reference, _referenceSum) = (_reference + 1, _referenceSum + reward);
        }

        public SliceSignals Signals() => new()
        {
            Interactions = _judged, Judged = _judged, RewardSum = _sum, ReferenceCount = _reference, ReferenceSum = _referenceSum, Recent = [.. _recent],
        };
    }
}
