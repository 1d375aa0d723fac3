using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>What the agent is to reach: a threshold, or the most of a value function, or both.</summary>
public sealed record GoalSettings
{
    /// <summary>The metric whose reward counts.</summary>
    public required string Metric { get; init; }

    /// <summary>The mean quality to reach, (0,1]; null to improve as long as it pays.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double? Target { get; init; }

    /// <summary>What one fully rewarded request is worth, in USD; drives the <c>return</c> trigger and the choice of plans.</summary>
    [Range(0, 1e9)]
    public decimal Value { get; init; } = 0.02m;
}
