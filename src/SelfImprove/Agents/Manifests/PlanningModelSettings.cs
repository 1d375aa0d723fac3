using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>A model that may choose among the planner's candidates, or adjust one. Its word is held to the planner's own constraints.</summary>
public sealed record PlanningModelSettings
{
    /// <summary>The model's reference.</summary>
    public required string Model { get; init; }

    /// <summary>What one question costs at most, in USD: charged to the run before it is asked.</summary>
    [Range(0, 1e9)]
    public decimal Price { get; init; }

    /// <summary>How long its answer is waited for; then the deterministic choice stands.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);
}
