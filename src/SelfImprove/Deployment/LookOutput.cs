using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Deployment;

/// <summary>The output of <see cref="LookAtExperiment"/>, and the rollout's status for people.</summary>
/// <param name="Step">What to do.</param>
/// <param name="Share">The challenger's share of traffic at the look.</param>
/// <param name="NextShare">Of <see cref="RolloutStep.RaiseShare"/>: the new share.</param>
/// <param name="Reading">The numbers.</param>
public sealed record LookOutput(RolloutStep Step, double Share, double? NextShare, ExperimentReading Reading);
