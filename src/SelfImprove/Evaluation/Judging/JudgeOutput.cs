namespace SelfImprove.Evaluation.Judging;

/// <summary>The output of <see cref="JudgeCandidate"/>.</summary>
/// <param name="Output">The report in short.</param>
/// <param name="Alpha">What this attempt spent of the error rate.</param>
/// <param name="ItemsWanted">How many items in all would tell; null where more are of no use.</param>
public sealed record JudgeOutput(EvaluateOutput Output, double Alpha, int? ItemsWanted);
