namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Which stored judgements are reward: those on the goal's metric, of sources that are not quarantined.</summary>
internal sealed class RewardRule(RewardMap map, IReadOnlySet<string> quarantined)
{
    public RewardMap Map { get; } = map;

    public double? RewardOf(in Judgement judgement) =>
        judgement.Metric == Map.Goal && !(quarantined.Count > 0 && quarantined.Contains(judgement.Source)) ? Map.RewardOfGoal(judgement.Value) : null;

    public double? RewardOf(IndexEntry entry)
    {
        var (sum, count) = (0.0, 0);
        foreach (ref readonly var judgement in entry.Judgements)
            if (RewardOf(judgement) is { } reward)
                (sum, count) = (sum + reward, count + 1);
        return count == 0 ? null : sum / count;
    }
}
