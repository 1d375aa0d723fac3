namespace SelfImprove.Runs.Approvals;

/// <summary>A person's answer at a gate: a fact, the first one counts.</summary>
/// <param name="Approved">Yes or no.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="At">When.</param>
public sealed record ApprovalAnswer(bool Approved, string By, string? Reason, DateTimeOffset At);
