namespace SelfImprove.Evaluation.Judging;

/// <summary>The input of <see cref="JudgeCandidate"/>.</summary>
/// <param name="Evaluation">The evaluation.</param>
/// <param name="Attempt">Which attempt of the round, from 1.</param>
/// <param name="Scores">Store path of the scores.</param>
/// <param name="Set">The validation set's version.</param>
/// <param name="Drawn">Items drawn.</param>
/// <param name="Labeller">Who labelled.</param>
/// <param name="Shortfall">Why some items have no label; null where all have.</param>
/// <param name="CostUsd">What labelling cost in this round so far.</param>
/// <param name="AlphaSpent">What earlier attempts of this round spent of the error rate.</param>
/// <param name="Last">Whether no further attempt can follow.</param>
public sealed record JudgeInput(
    EvaluateInput Evaluation, int Attempt, string Scores, string? Set, int Drawn, string Labeller, string? Shortfall, decimal CostUsd, double AlphaSpent, bool Last);
