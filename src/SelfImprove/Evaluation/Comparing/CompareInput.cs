namespace SelfImprove.Evaluation.Comparing;

/// <summary>The input of <see cref="CompareAnswers"/>.</summary>
/// <param name="Evaluation">The evaluation.</param>
/// <param name="Attempt">Which attempt of the round, from 1.</param>
/// <param name="Items">Store path of the drawn items.</param>
public sealed record CompareInput(EvaluateInput Evaluation, int Attempt, string Items);
