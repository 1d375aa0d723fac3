namespace SelfImprove.Deployment;

/// <summary>The input of <see cref="WithdrawChallenger"/>.</summary>
/// <param name="Rollout">The rollout.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why, with the numbers.</param>
public sealed record WithdrawInput(RolloutInput Rollout, string Outcome, string Reason);
