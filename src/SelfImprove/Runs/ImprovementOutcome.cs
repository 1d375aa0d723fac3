namespace SelfImprove.Runs;

/// <summary>The output of <c>ImprovementLoop</c>.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="Reason">Why, for a person to act on.</param>
/// <param name="Rounds">Rounds begun.</param>
/// <param name="Champion">The version that serves now.</param>
/// <param name="Candidate">The last candidate; null where none was made.</param>
public sealed record ImprovementOutcome(ImprovementEnding Ending, string Reason, int Rounds, string? Champion, string? Candidate);
