using SelfImprove.Deployment;

namespace SelfImprove.Testing.Rollouts;

/// <summary>How a simulated rollout ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Requests">Mature requests by then, judged or not: what a decision took.</param>
/// <param name="Judged">Judged ones.</param>
/// <param name="Difference">The estimated difference in reward.</param>
/// <param name="Low">Lower end of its confidence sequence.</param>
/// <param name="High">Upper end.</param>
/// <param name="Reason">Why.</param>
public sealed record RolloutEnd(RolloutOutcome Outcome, int Requests, int Judged, double Difference, double Low, double High, string Reason);
