using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>A slice while it is folded.</summary>
internal sealed class SliceState
{
    public const int Reference = 50;
    public const int Last = 60;

    private readonly Ring<double> _recent = new(Last);

    public long Interactions { get; set; }
    public long Judged { get; private set; }
    public double RewardSum { get; private set; }
    public int ReferenceCount { get; private set; }
    public double ReferenceSum { get; private set; }

    public static SliceState Of(SliceSignals signals)
    {
        var state = new SliceState
        {
            Interactions = signals.Interactions,
            Judged = signals.Judged,
            RewardSum = signals.RewardSum,
            ReferenceCount = signals.ReferenceCount,
            ReferenceSum = signals.ReferenceSum,
        };
        state._recent.AddRange(signals.Recent);
        return state;
    }

    public SliceSignals ToSignals() => new()
    {
        Interactions = Interactions,
        Judged = Judged,
        RewardSum = RewardSum,
        ReferenceCount = ReferenceCount,
        ReferenceSum = ReferenceSum,
        Recent = _recent.ToArray(),
    };

    public void Change(int judged, double reward)
    {
        Judged += judged;
        RewardSum += reward;
    }

    public void First(double reward)
    {
        _recent.Add(reward);
        if (ReferenceCount >= Reference) return;
        ReferenceCount++;
        ReferenceSum += reward;
    }

    public void Absorb(SliceState other)
    {
        Interactions += other.Interactions;
        Judged += other.Judged;
        RewardSum += other.RewardSum;
    }

    public void ForgetRewards()
    {
        (Judged, RewardSum, ReferenceCount, ReferenceSum) = (0, 0, 0, 0);
        _recent.Clear();
    }
}
