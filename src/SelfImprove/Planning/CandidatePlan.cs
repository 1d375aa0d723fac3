namespace SelfImprove.Planning;

/// <summary>A plan with what is expected of it.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Gain">Predicted gain in quality on promotion, shrunk by the ledger's experience.</param>
/// <param name="GainSd">Its standard deviation.</param>
/// <param name="Promoted">Probability that the result passes evaluation and rollout, [0,1].</param>
/// <param name="CostUsd">All costs: labels, validation labels, training.</param>
/// <param name="WaitCostUsd">Reward lost while waiting.</param>
/// <param name="NetUsd">Promoted x gain x value x effective horizon - costs.</param>
/// <param name="Obstacle">Why it can't be chosen; null where it can.</param>
public sealed record CandidatePlan(
    ImprovementPlan Plan, double Gain, double GainSd, double Promoted, decimal CostUsd, decimal WaitCostUsd, decimal NetUsd, string? Obstacle)
{
    /// <summary>In a few words, for a person.</summary>
    public string Describe()
    {
        var who = Plan.Strategy == PlanStrategy.Corrections ? "corrections given so far"
            : Plan.Strategy == PlanStrategy.Preference ? "pairs of better and worse answers from feedback"
            : Plan.Strategy == PlanStrategy.FewShot ? "the examples known so far, in the prompt"
            : Plan.Strategy == PlanStrategy.SelfPlay ? $"{Plan.Rows} inputs that the student answers several times, with a verifier that picks"
            : Plan.Rows == 0 ? $"the labels that {Plan.Teacher} gave for the diagnosis"
            : $"{Plan.Rows} labels from {Plan.Teacher} ({(Plan.Sampling == PlanSampling.Margin ? "uncertain inputs first" : "random inputs")}{(Plan.Waves > 1 ? $", in {Plan.Waves} waves" : "")}{Shares()})";
        return Plan.Wait > 0 ? $"wait for {Plan.Wait} more requests, then {who}" : who;
    }

    /// <summary>The slices that get most, for a person.</summary>
    private string Shares() => Plan.Allocation is { Count: > 0 } rows
        ? $"; most of {string.Join(", ", rows.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal).Take(3).Select(r => $"{r.Key} ({r.Value})"))}"
        : "";
}
