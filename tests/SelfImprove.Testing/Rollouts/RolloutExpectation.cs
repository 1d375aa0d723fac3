using System.Globalization;
using SelfImprove.Deployment;

namespace SelfImprove.Testing.Rollouts;

/// <summary>What a scenario's runs must come to.</summary>
/// <param name="Group">The requirement that it belongs to.</param>
/// <param name="Scenario">The scenario.</param>
/// <param name="Promoted">The largest share promoted; null for any.</param>
/// <param name="RolledBack">The largest share rolled back, or withdrawn in the shadow; null for any.</param>
/// <param name="Voided">The largest share voided; null for any.</param>
/// <param name="Ends">How at least <paramref name="EndsAtLeast"/> of the runs end; null for any.</param>
/// <param name="EndsAtLeast">Of <paramref name="Ends"/>.</param>
/// <param name="Median">The largest median of requests; null for any.</param>
public sealed record RolloutExpectation(
    string Group, RolloutScenario Scenario, double? Promoted = null, double? RolledBack = null, double? Voided = null,
    RolloutOutcome? Ends = null, double EndsAtLeast = 0, int? Median = null)
{
    /// <summary>What is not as expected; empty where all is.</summary>
    public IEnumerable<string> Broken(RolloutTally tally)
    {
        if (tally.Share(RolloutOutcome.Promoted) is var promoted && promoted > Promoted) yield return Text($"promoted {promoted:0.0%}, allowed {Promoted:0.0%}");
        if (tally.Share(RolloutOutcome.RolledBack) + tally.Share(RolloutOutcome.WithdrawnInShadow) is var rolledBack && rolledBack > RolledBack) yield return Text($"rolled back {rolledBack:0.0%}, allowed {RolledBack:0.0%}");
        if (tally.Share(RolloutOutcome.Voided) is var voided && voided > Voided) yield return Text($"voided {voided:0.0%}, allowed {Voided:0.0%}");
        if (Ends is { } ends && tally.Share(ends) < EndsAtLeast) yield return Text($"{ends} {tally.Share(ends):0.0%}, at least {EndsAtLeast:0.0%} expected");
        if (tally.MedianRequests > Median) yield return Text($"median {tally.MedianRequests} requests, allowed {Median}");
    }

    public override string ToString() => Scenario.Name;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
