using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>A source of feedback while it is folded.</summary>
internal sealed class SourceState
{
    public long Judgements { get; set; }
    public double RewardSum { get; set; }
    public long Shared { get; set; }
    public long Agreed { get; set; }

    public static SourceState Of(SourceSignals signals) => new()
    {
        Judgements = signals.Judgements,
        RewardSum = signals.RewardSum,
        Shared = signals.Shared,
        Agreed = signals.Agreed,
    };

    public SourceSignals ToSignals(bool quarantined) => new()
    {
        Judgements = Judgements,
        RewardSum = RewardSum,
        Shared = Shared,
        Agreed = Agreed,
        Quarantined = quarantined,
    };

    public void Absorb(SourceState other)
    {
        Judgements += other.Judgements;
        RewardSum += other.RewardSum;
        Shared += other.Shared;
        Agreed += other.Agreed;
    }
}
