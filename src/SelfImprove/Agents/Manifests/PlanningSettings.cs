using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>How plans are made.</summary>
public sealed record PlanningSettings
{
    /// <summary>How often one run may plan again after a failed evaluation, 1 to 10 rounds in all.</summary>
    [Range(1, 10)]
    public int MaxRounds { get; init; } = 3;

    /// <summary>How many future requests a gain is counted for; later ones count less.</summary>
    [Range(1, 1_000_000_000)]
    public int Horizon { get; init; } = 50_000;

    /// <summary>The most new rows a plan may ask for.</summary>
    [Range(1, 1_000_000)]
    public int MaxRows { get; init; } = 5_000;

    /// <summary>The most a plan may wait for new inputs, in requests.</summary>
    [Range(0, 1_000_000)]
    public int MaxWait { get; init; } = 2_000;

    /// <summary>The longest a plan waits for them.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan MaxWaitTime { get; init; } = TimeSpan.FromDays(3);

    /// <summary>A model that may choose among the candidate plans; null for the deterministic choice alone.</summary>
    public PlanningModelSettings? Model { get; init; }

    /// <summary>The share of the label budget that explores, [0,0.5].</summary>
    [Range(0.0, 0.5)]
    public double Exploration { get; init; } = 0.1;
}
