using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>
/// Which sources of feedback deserve a second look: those that contradict others on shared items, those whose rewards lie far from
/// all others', and those that give much of all feedback, for a lie of theirs would move everything (and a liar about an agent that is right half of the time has
/// the rate of an honest source). Only a reason to adjudicate: a source that alone sees a new kind of input looks just the same.
/// </summary>
public static class SuspiciousSources
{
    private const int Most = 3;
    private const int FewestJudgements = 20;
    private const double FarAway = 3.5;
    private const double MuchOfAll = 0.03;

    /// <summary>The most suspicious sources, at most three.</summary>
    public static IReadOnlyList<string> Of(AgentSignals signals)
    {
        var open = signals.Sources.Where(s => !s.Value.Quarantined && s.Value.Judgements > 0).ToList();
        var all = open.Sum(s => s.Value.Judgements);
        var sum = open.Sum(s => s.Value.RewardSum);
        return [.. open.Where(s => s.Value.Judgements >= FewestJudgements && s.Key != "(other)")
            .Select(s => (s.Key, Odd: Suspicion(s.Value, all, sum) * Math.Sqrt(s.Value.Judgements), Share: all > s.Value.Judgements ? (double)s.Value.Judgements / all : 0))
            .Where(s => s.Odd > 0 || s.Share >= MuchOfAll)
            .OrderByDescending(s => s.Odd).ThenByDescending(s => s.Share).ThenBy(s => s.Key, StringComparer.Ordinal).Take(Most).Select(s => s.Key)];
    }

    private static double Suspicion(SourceSignals source, long all, double sum)
    {
        var contradicts = source.Shared >= 20 && source.Agreed < 0.7 * source.Shared ? 1 - ((double)source.Agreed / source.Shared) : 0;
        var others = all - source.Judgements;
        if (others < FewestJudgements) return contradicts;
        var (mine, theirs, pooled) = (source.RewardSum / source.Judgements, (sum - source.RewardSum) / others, sum / all);
        var z = Math.Abs(mine - theirs) / Math.Sqrt(Math.Max(1e-9, pooled * (1 - pooled)) * ((1.0 / source.Judgements) + (1.0 / others)));
        return Math.Max(contradicts, z > FarAway ? Math.Abs(mine - theirs) : 0);
    }
}
