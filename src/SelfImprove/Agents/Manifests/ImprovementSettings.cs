using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>How much the runtime may do by itself.</summary>
public sealed record ImprovementSettings
{
    /// <summary>The autonomy.</summary>
    public ImprovementMode Mode { get; init; } = ImprovementMode.Approve;

    /// <summary>The least time between the end of a run and the start of the next, except on a person's request.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromHours(24);
}
