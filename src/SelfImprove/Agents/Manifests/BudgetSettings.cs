namespace SelfImprove.Agents.Manifests;

/// <summary>What may be spent, in USD.</summary>
public sealed record BudgetSettings
{
    /// <summary>On one run, everything included.</summary>
    public decimal PerRun { get; init; } = 50;

    /// <summary>In one calendar month (UTC), all runs together.</summary>
    public decimal PerMonth { get; init; } = 200;
}
