namespace SelfImprove.Training.Builtin;

/// <summary>How many threads a fit of the built-in student may use, where a host has a better use for its cores than one fit. Never changes the result.</summary>
/// <param name="Most">At least 1.</param>
public sealed record TrainingThreads(int Most);
