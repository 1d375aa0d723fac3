using System.Globalization;
using SelfImprove.Deployment;

namespace SelfImprove.Testing.Rollouts;

/// <summary>How the runs of a scenario ended.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Ends">Each run's end.</param>
public sealed record RolloutTally(RolloutScenario Scenario, IReadOnlyList<RolloutEnd> Ends)
{
    /// <summary>The share of runs that ended so.</summary>
    public double Share(RolloutOutcome outcome) => Count(outcome) / (double)Ends.Count;

    /// <summary>How many ended so.</summary>
    public int Count(RolloutOutcome outcome) => Ends.Count(e => e.Outcome == outcome);

    /// <summary>The median number of requests over all runs, one without a decision counted with all that it had.</summary>
    public int MedianRequests => Ends.Select(e => e.Requests).Order().ElementAt((Ends.Count - 1) / 2);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Scenario.Name}: {Ends.Count} runs, promoted {Share(RolloutOutcome.Promoted):0.0%}, rolled back {Share(RolloutOutcome.RolledBack):0.0%}{(Scenario.ShadowRequests > 0 ? $" (in the shadow {Share(RolloutOutcome.WithdrawnInShadow):0.0%})" : "")}, void {Share(RolloutOutcome.Voided):0.0%}, median {MedianRequests} requests");
}
