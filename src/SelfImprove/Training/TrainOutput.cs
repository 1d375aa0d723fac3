namespace SelfImprove.Training;

/// <summary>The output of <c>TrainCandidate</c>.</summary>
/// <param name="Version">The new version's id; null where training failed.</param>
/// <param name="CostUsd">What it cost.</param>
/// <param name="DurationSeconds">How long the job ran.</param>
/// <param name="Failure">Why there is no version; null where there is one.</param>
public sealed record TrainOutput(string? Version, decimal CostUsd, double DurationSeconds, string? Failure);
