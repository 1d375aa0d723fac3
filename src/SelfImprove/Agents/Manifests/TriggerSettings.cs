using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>A policy that may start an improvement.</summary>
public sealed record TriggerSettings
{
    /// <summary>Which policy.</summary>
    public required TriggerKind Kind { get; init; }

    /// <summary>Of <see cref="TriggerKind.Schedule"/>: a cron expression of five fields.</summary>
    public string? Cron { get; init; }

    /// <summary>Of <see cref="TriggerKind.Schedule"/>: an IANA time zone.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Of <see cref="TriggerKind.Trend"/> and <see cref="TriggerKind.Threshold"/>: the last N judged tasks that count, 20 to 10,000 (signals
    /// keep 2,000).</summary>
    [Range(20, 10_000)]
    public int Window { get; init; } = 300;

    /// <summary>Of <see cref="TriggerKind.Trend"/>: tolerated false alarms per 1,000 judged tasks, (0,100].</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double FalseAlarmsPerThousand { get; init; } = 0.05;

    /// <summary>Of <see cref="TriggerKind.Threshold"/>: the confidence with which the goal must be missed, (0.5,1).</summary>
    [Range(0.5, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Confidence { get; init; } = 0.95;

    /// <summary>Of <see cref="TriggerKind.Return"/>: the least expected net gain over the full cost, in USD.</summary>
    [Range(0, 1e9)]
    public decimal MinimumReturn { get; init; } = 10;
}
