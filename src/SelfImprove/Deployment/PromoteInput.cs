using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Deployment;

/// <summary>The input of <see cref="PromoteChallenger"/>.</summary>
/// <param name="Rollout">The rollout.</param>
/// <param name="Reading">The proof.</param>
public sealed record PromoteInput(RolloutInput Rollout, ExperimentReading Reading);
