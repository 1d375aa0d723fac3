namespace SelfImprove.Planning;

/// <summary>What a round of the run came to: what the next plan learns from.</summary>
/// <param name="Plan">What was planned.</param>
/// <param name="NewRows">New rows after filtering; 0 where no dataset came about.</param>
/// <param name="CandidateError">The candidate's error on the validation set; null where it was not evaluated.</param>
/// <param name="Items">How many items it was measured on.</param>
/// <param name="Reasons">Why it did not pass: failed gates, a shortfall, a failed training.</param>
/// <param name="Inconclusive">Whether the verdict lacked items: then waiting for more traffic, and the same plan again, are worth a try.</param>
public sealed record RoundResult(ImprovementPlan Plan, int NewRows, double? CandidateError, int Items, IReadOnlyList<string> Reasons, bool Inconclusive = false);
