using SelfImprove.Runs;

namespace SelfImprove.Evaluation;

/// <summary>The input of <c>EvaluateCandidate</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Champion">The version that serves.</param>
/// <param name="Candidate">The version to judge.</param>
/// <param name="AlphaSpent">What earlier rounds of the run spent of the error rate.</param>
/// <param name="Since">Where traffic shifted: items from then on judge, as long as there are some; null for all within the lookback.</param>
public sealed record EvaluateInput(RunRef Run, string Champion, string Candidate, double AlphaSpent, DateTimeOffset? Since = null);
