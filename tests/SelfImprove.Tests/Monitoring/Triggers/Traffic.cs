using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Tests.Monitoring.Triggers;

/// <summary>Judged traffic of one version, folded into signals as documented on <see cref="VersionSignals"/>.</summary>
public sealed class Traffic(string seed)
{
    private readonly SeededRandom _random = new(seed);
    private readonly List<double> _all = [];
    private readonly Dictionary<string, List<double>> _slices = [];

    public Traffic Judge(int count, double rate, string? slice = null)
    {
        for (var i = 0; i < count; i++) Add(_random.NextBool(rate) ? 1 : 0, slice);
        return this;
    }

    public Traffic Add(double reward, string? slice = null)
    {
        _all.Add(reward);
        if (slice is null) return this;
        if (!_slices.TryGetValue(slice, out var rewards)) _slices[slice] = rewards = [];
        rewards.Add(reward);
        return this;
    }

    public VersionSignals Signals() => new()
    {
        Interactions = _all.Count,
        Judged = _all.Count,
        RewardSum = _all.Sum(),
        ReferenceCount = Math.Min(1_000, _all.Count),
        ReferenceSum = _all.Take(1_000).Sum(),
        Recent = [.. _all.TakeLast(2_000).Select(r => new RecentReward(default, r, ""))],
        Slices = _slices.ToDictionary(s => s.Key, s => new SliceSignals
        {
            Interactions = s.Value.Count,
            Judged = s.Value.Count,
            RewardSum = s.Value.Sum(),
            ReferenceCount = Math.Min(50, s.Value.Count),
            ReferenceSum = s.Value.Take(50).Sum(),
            Recent = [.. s.Value.TakeLast(60)],
        }),
    };
}
