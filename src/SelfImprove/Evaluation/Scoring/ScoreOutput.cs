namespace SelfImprove.Evaluation.Scoring;

/// <summary>The output of <see cref="ScoreCandidate"/>.</summary>
/// <param name="Scores">Store path: one <see cref="ItemScore"/> a line.</param>
/// <param name="Set">The version of the validation set that holds the labels; null where nothing is labelled.</param>
/// <param name="Drawn">Items drawn.</param>
/// <param name="Scored">Of these, with a usable label.</param>
public sealed record ScoreOutput(string Scores, string? Set, int Drawn, int Scored);
