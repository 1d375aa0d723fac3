namespace SelfImprove.Runs.Approvals;

/// <summary>A question to a person: may the run go on? Kept as <c>runs/{agent}/{run}/approvals/{gate}-{round}.json</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Gate"><c>plan</c>, <c>spend</c> or <c>deploy</c>.</param>
/// <param name="Question">What is asked, with the numbers.</param>
/// <param name="AskedAt">When.</param>
/// <param name="Due">When no answer counts as a refusal.</param>
public sealed record ApprovalRequest(RunRef Run, string Gate, string Question, DateTimeOffset AskedAt, DateTimeOffset Due);
