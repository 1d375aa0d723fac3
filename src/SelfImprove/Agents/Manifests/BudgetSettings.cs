using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>What may be spent, in USD.</summary>
public sealed record BudgetSettings
{
    /// <summary>On one run, everything included.</summary>
    [Range(0, 1e9)]
    public decimal PerRun { get; init; } = 50;

    /// <summary>In one calendar month (UTC), all runs together.</summary>
    [Range(0, 1e9)]
    public decimal PerMonth { get; init; } = 200;
}
