namespace SelfImprove.Runs;

/// <summary>That a run was cancelled: a fact, written once.</summary>
/// <param name="By">Who.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="At">When.</param>
public sealed record Cancellation(string By, string? Reason, DateTimeOffset At);
