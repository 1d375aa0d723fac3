using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>Recent inputs that want a decision which the champion was never taught.</summary>
internal static class UnseenDecisions
{
    private const double Share = 0.05;
    private const int FewRows = 3;
    private const int FewestPilot = 20;
    private const int FewestServed = 300;
    private const double Alpha = 0.01;

    /// <summary>How many decisions the champion was taught; 0 where unknown.</summary>
    public static int Taught(DiagnosisFacts facts) => Known(facts)?.Count(d => d.Value >= FewRows) ?? 0;

    /// <summary>The share of the pilot that wants a decision never taught; 0 where unknown.</summary>
    public static double ShareOf(DiagnosisFacts facts) => facts.Pilot.Count == 0 ? 0 : (double)Of(facts).Count / facts.Pilot.Count;

    /// <summary>What speaks for it, for a person; null where there are no more of them than a teacher's stray labels.</summary>
    public static string? Words(DiagnosisFacts facts)
    {
        var unseen = Of(facts);
        if (unseen.Count < Share * facts.Pilot.Count || unseen.Count == 0) return null;
        // A teacher that errs names a decision at random, one never taught included.
        var strays = facts.Decisions > 0 ? (1 - facts.TeacherAccuracy) * Math.Max(0, facts.Decisions - Taught(facts)) / facts.Decisions : 0;
        if (strays > 0 && Binomial.UpperTail(unseen.Count, facts.Pilot.Count, Math.Min(0.5, strays)) >= Alpha) return null;
        var names = unseen.GroupBy(p => p.Label).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).ToList();
        return $"{ShareOf(facts):P0} of recent inputs want a decision that the champion was never taught: {string.Join(", ", names.Take(5))}{(names.Count > 5 ? $" and {names.Count - 5} more" : "")}.";
    }

    private static List<JudgedItem> Of(DiagnosisFacts facts) => Known(facts) is not { } known || facts.Pilot.Count < FewestPilot
        ? []
        : [.. facts.Pilot.Where(p => known.GetValueOrDefault(p.Label) < FewRows)];

    // A version without a dataset (a prompt, a model tuned elsewhere) knows what it has ever said, once it has said enough.
    private static IReadOnlyDictionary<string, int>? Known(DiagnosisFacts facts)
    {
        const string Prefix = "decision=";
        if (facts.KnownDecisions is { } known) return known;
        if (facts.Champion is not { Interactions: >= FewestServed } champion || facts.Decisions == 0) return null;
        return champion.Slices.Where(s => s.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(s => s.Key[Prefix.Length..], s => (int)Math.Min(s.Value.Interactions, int.MaxValue), StringComparer.Ordinal);
    }
}
