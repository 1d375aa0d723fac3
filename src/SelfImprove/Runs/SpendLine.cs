namespace SelfImprove.Runs;

/// <summary>A line of the spend book.</summary>
/// <param name="Key">The charge's idempotency key.</param>
/// <param name="Run">The run.</param>
/// <param name="What">For a person: what was bought.</param>
/// <param name="Usd">How much.</param>
/// <param name="TakenBack">Whether the line takes the charge under the key back.</param>
internal sealed record SpendLine(string Key, string Run, string What, decimal Usd, bool TakenBack = false);
