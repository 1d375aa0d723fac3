namespace SelfImprove.Evaluation.Scoring;

/// <summary>The input of <see cref="ScoreCandidate"/>.</summary>
/// <param name="Evaluation">The evaluation.</param>
/// <param name="Attempt">Which attempt of the round, from 1.</param>
/// <param name="Items">Store path of the drawn items.</param>
/// <param name="Answers">Store path of both versions' answers to them.</param>
/// <param name="Labels">Store path of the labeller's new answers; null where none were needed.</param>
public sealed record ScoreInput(EvaluateInput Evaluation, int Attempt, string Items, string Answers, string? Labels);
