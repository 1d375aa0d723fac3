namespace SelfImprove.DataGeneration.Inbox;

/// <summary>Which tasks to list.</summary>
/// <param name="Run">Of one run only; null for all.</param>
/// <param name="Purpose">Of one purpose only; null for all.</param>
/// <param name="OpenOnly">Leave out what needs no more answers.</param>
/// <param name="NotBy">Leave out what this person answered already; null for none.</param>
/// <param name="Limit">How many at most, 1 to 10,000.</param>
public sealed record InboxFilter(string? Run = null, string? Purpose = null, bool OpenOnly = false, string? NotBy = null, int Limit = 1_000);
