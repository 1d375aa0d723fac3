namespace SelfImprove.Runs;

/// <summary>One charge.</summary>
/// <param name="Run">The run.</param>
/// <param name="What">For a person: what was bought.</param>
/// <param name="Usd">How much.</param>
public sealed record SpendEntry(string Run, string What, decimal Usd);
