using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>How a candidate reaches the traffic.</summary>
public sealed record DeploymentSettings
{
    /// <summary>What happens to the agent while a run is on.</summary>
    public WhileImproving WhileImproving { get; init; } = WhileImproving.Clone;

    /// <summary>Of <see cref="WhileImproving.Pause"/>: a version that serves meanwhile; null to answer 503.</summary>
    [RegularExpression("v[1-9][0-9]{0,8}")]
    public string? FallbackVersion { get; init; }

    /// <summary>The A/B test.</summary>
    public RolloutSettings Rollout { get; init; } = new();
}
