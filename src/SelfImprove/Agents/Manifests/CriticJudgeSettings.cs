using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>A model that scores live traffic.</summary>
public sealed record CriticJudgeSettings
{
    /// <summary>The model's reference.</summary>
    public required string Model { get; init; }

    /// <summary>What makes an answer good, in words, for the model; empty for what the agent's description tells.</summary>
    [MaxLength(8_000)]
    public string Rubric { get; init; } = "";

    /// <summary>What one score costs at most, in USD: charged before it is asked for.</summary>
    [Range(0, 1e9)]
    public decimal Price { get; init; }

    /// <summary>What it may spend in one day (UTC), in USD, within the month's budget. Where it is spent, the deterministic checks go on alone.</summary>
    [Range(0, 1e9)]
    public decimal PerDay { get; init; } = 1;

    /// <summary>An answer is good from this score on, 2 to 5.</summary>
    [Range(2, 5)]
    public int GoodFrom { get; init; } = 4;
}
