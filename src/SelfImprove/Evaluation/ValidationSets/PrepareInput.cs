namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>The input of <see cref="PrepareValidation"/>.</summary>
/// <param name="Evaluation">The evaluation.</param>
/// <param name="Attempt">Which attempt of the round, from 1.</param>
/// <param name="Wanted">How many items; 0 for what the manifest starts with.</param>
/// <param name="Now">The time before which traffic counts.</param>
public sealed record PrepareInput(EvaluateInput Evaluation, int Attempt, int Wanted, DateTimeOffset Now);
