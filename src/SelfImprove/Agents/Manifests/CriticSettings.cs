using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>The runtime's own checks on live traffic.</summary>
public sealed record CriticSettings
{
    /// <summary>The share of interactions it scores, [0,1].</summary>
    [Range(0.0, 1.0)]
    public double SampleShare { get; init; } = 0.1;

    /// <summary>The metric it writes; null for none. Must be among the manifest's metrics.</summary>
    public string? Metric { get; init; }

    /// <summary>A model that scores the sampled interactions with a rubric; null for the deterministic checks alone.</summary>
    public CriticJudgeSettings? Judge { get; init; }

    /// <summary>It asks for an improvement where the share of failed checks over its last 100 is above this; null for never.</summary>
    [Range(0.0, 1.0)]
    public double? RequestAbove { get; init; }
}
