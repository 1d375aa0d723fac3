using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>
/// Looks for one slice (a label, a decision, a tag's value) in which the champion errs far more than elsewhere: the errors are there, not everywhere.
/// </summary>
internal static class WeakestSlice
{
    private const int FewestOfSlice = 6;
    private const int FewestPilot = 60;
    private const double FurtherOff = 0.2;
    private const double LeastMass = 0.02;
    private const double Alpha = 0.01;

    /// <summary>The slice whose excess of errors costs most; null where errors are spread.</summary>
    public static SliceDiagnosis? Of(DiagnosisFacts facts)
    {
        var pilot = facts.Pilot;
        if (pilot.Count < FewestPilot) return null;
        var slices = pilot.SelectMany(Names, (item, name) => (name, item)).GroupBy(s => s.name, StringComparer.Ordinal)
            .Select(g => (Name: g.Key, Count: g.Count(), Wrong: g.Count(s => s.item.Decision != s.item.Label)))
            .Where(s => s.Count >= FewestOfSlice && s.Count <= 0.7 * pilot.Count).ToList();
        var wrong = pilot.Count(p => p.Decision != p.Label);
        return slices.Select(s => Excess(s.Name, s.Count, s.Wrong, pilot.Count, wrong, slices.Count)).OfType<SliceDiagnosis>()
            .OrderByDescending(s => Math.Round(s.RecoverableMass, 9)).ThenByDescending(s => s.Error).ThenBy(s => s.Slice, StringComparer.Ordinal).FirstOrDefault();
    }

    private static IEnumerable<string> Names(JudgedItem item)
    {
        yield return $"label={item.Label}";
        yield return $"decision={item.Decision}";
        foreach (var (tag, value) in item.Tags ?? new Dictionary<string, string>()) yield return $"{tag}={value}";
    }

    private static SliceDiagnosis? Excess(string name, int count, int wrong, int all, int allWrong, int looked)
    {
        var (others, othersWrong) = (all - count, allWrong - wrong);
        var (inside, outside) = ((double)wrong / count, (double)othersWrong / others);
        var mass = (inside - outside) * count / all;
        if (inside - outside < FurtherOff || mass < LeastMass) return null;
        // Half a success and half a failure more keep a rest without errors from making every slice stand out.
        return Binomial.UpperTail(wrong, count, (othersWrong + 0.5) / (others + 1)) < Alpha / looked ? new SliceDiagnosis(name, (double)count / all, inside, mass) : null;
    }
}
