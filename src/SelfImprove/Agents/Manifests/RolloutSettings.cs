using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>The A/B test of a challenger beside its champion.</summary>
public sealed record RolloutSettings
{
    /// <summary>The shares of traffic that the challenger gets, one step after the other, each in (0,1), never falling.</summary>
    [MinLength(1), Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public IReadOnlyList<double> Shares { get; init; } = [0.5];

    /// <summary>How many challenger requests pass before the next step.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerStep { get; init; } = 200;

    /// <summary>The error rate of the decision, looked at as often as one likes, (0,0.5].</summary>
    [Range(0.0, 0.5, MinimumIsExclusive = true)]
    public double Alpha { get; init; } = 0.05;

    /// <summary>The non-inferiority margin, in reward, (0,0.5].</summary>
    [Range(0.0, 0.5, MinimumIsExclusive = true)]
    public double Margin { get; init; } = 0.05;

    /// <summary>How long the test may take; after that the challenger is withdrawn.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often the test is looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The least number of caller keys a side.</summary>
    [Range(2, 1_000_000)]
    public int MinKeys { get; init; } = 50;

    /// <summary>The least number of judged requests a side.</summary>
    [Range(2, 1_000_000)]
    public int MinObservations { get; init; } = 30;

    /// <summary>The shadow stage before the test.</summary>
    public ShadowSettings Shadow { get; init; } = new();
}
