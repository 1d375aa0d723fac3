namespace SelfImprove.Deployment;

/// <summary>The input of <see cref="LookAtExperiment"/>.</summary>
/// <param name="Rollout">The rollout, with its experiment.</param>
/// <param name="Now">The time of the look: requests older than the feedback's maturity then are folded.</param>
public sealed record LookInput(RolloutInput Rollout, DateTimeOffset Now);
