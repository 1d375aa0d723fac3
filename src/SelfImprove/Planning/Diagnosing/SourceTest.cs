using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Paired;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>
/// Tells a source of feedback that lies from one that errs like all others: on its own items, adjudicated, it is contradicted on at least
/// 40%, surely on more than a quarter, and surely more often than all other sources are on theirs (or, where it is the only one, than the teacher's
/// errors and wrong thumbs explain), on all of them or on the later half: one that has just turned bad was honest before. Its rate of thumbs alone is never enough: a source that alone sees a new class has a low one too.
/// </summary>
internal static class SourceTest
{
    private const int FewestItems = 15;
    private const int FewestOthers = 20;
    private const double ContradictedShare = 0.4;
    private const double SurelyMoreThan = 0.25;
    private const double Alpha = 0.01;

    /// <summary>The source that is contradicted most surely; null where none is bad.</summary>
    public static (string Source, string Words)? Worst(DiagnosisFacts facts)
    {
        var counts = facts.Adjudicated.ToDictionary(a => a.Key, a => (Items: a.Value.Count, Contradicted: a.Value.Count(Contradicts)), StringComparer.Ordinal);
        var (items, contradicted) = (counts.Values.Sum(c => c.Items), counts.Values.Sum(c => c.Contradicted));
        var candidates = facts.Adjudicated
            .SelectMany(a => new[] { a.Value, [.. a.Value.TakeLast(a.Value.Count / 2)] }.Select(i => (a.Key, Value: (Items: i.Count, Contradicted: i.Count(Contradicts)))))
            .Where(c => c.Value.Items >= FewestItems).ToList();
        var bad = candidates.Where(c => IsFarOff(c.Value.Contradicted, c.Value.Items)).ToList();
        // The others' rate is what honest sources do: those under suspicion are left out of it.
        var suspects = bad.Select(b => b.Key).Distinct(StringComparer.Ordinal).Select(k => counts[k]).ToList();
        var (others, othersContradicted) = (items - suspects.Sum(s => s.Items), contradicted - suspects.Sum(s => s.Contradicted));
        var expected = 1 - facts.TeacherAccuracy + facts.WrongShare;
        return bad
            .Select(c => (c.Key, c.Value, P: PValue(c.Value.Contradicted, c.Value.Items, othersContradicted, others, expected)))
            .Where(c => c.P < Alpha / candidates.Count)
            .OrderBy(c => c.P).ThenByDescending(c => c.Value.Items).ThenBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => ((string, string)?)(c.Key, Words(c.Key, c.Value, othersContradicted, others)))
            .FirstOrDefault();
    }

    private static bool Contradicts(SourceItem item) => item.Reward >= 0.5 != item.Right;

    private static bool IsFarOff(int contradicted, int items) =>
        contradicted >= ContradictedShare * items && Wilson.Interval(contradicted, items, 0.05)?.Lower > SurelyMoreThan;

    private static double PValue(int contradicted, int items, int othersContradicted, int others, double expected)
    {
        if (others < FewestOthers) return Binomial.UpperTail(contradicted, items, Math.Clamp(expected, 0.05, 0.45));
        // Pooled score test, one success and one failure more on either side.
        var (mine, theirs) = ((contradicted + 1.0) / (items + 2), (othersContradicted + 1.0) / (others + 2));
        var pooled = (contradicted + othersContradicted + 2.0) / (items + others + 4);
        return Normal.UpperTail((mine - theirs) / Math.Sqrt(pooled * (1 - pooled) * ((1.0 / (items + 2)) + (1.0 / (others + 2)))));
    }

    private static string Words(string source, (int Items, int Contradicted) of, int othersContradicted, int others)
    {
        var compared = others >= FewestOthers ? $" (others: {othersContradicted} of {others})" : "";
        return $"Of {of.Items} items that {source} judged, a teacher contradicts it on {of.Contradicted}{compared}: its feedback is put in quarantine, training on it would do harm.";
    }
}
