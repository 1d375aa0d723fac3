using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>The shadow stage: before a challenger answers anybody, it answers what callers have just asked the champion, and the answers are compared.</summary>
public sealed record ShadowSettings
{
    /// <summary>Fewer compared requests than this say nothing.</summary>
    public const int FewestRequests = 30;

    /// <summary>How many requests both versions answer before the A/B test begins: 0 for no shadow stage, otherwise at least 30.</summary>
    [Range(0, 10_000)]
    public int Requests { get; init; }

    /// <summary>The share of the requests served since the stage began that the challenger answers too, (0,1]; which ones is decided by a hash of the
    /// request's id. Requests that are kept out of training stay out of it.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Share { get; init; } = 1;

    /// <summary>How long the stage may take. Then the A/B test begins with what was seen; with fewer than 30 compared requests the challenger is withdrawn.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Who compares the answers: <c>judge</c> (evaluation.judge, as far as people bear it out), <c>critic</c> (critic.judge), <c>teacher</c> (its answer is held against
    /// both), <c>none</c> (errors, form and latency alone), or <c>auto</c>: the first of them that there is. Errors, form and latency are always compared.</summary>
    [AllowedValues("auto", "judge", "critic", "teacher", "none")]
    public string Scorer { get; init; } = "auto";

    /// <summary>Of the scorers <c>teacher</c> and <c>auto</c>: the teacher's name; null for evaluation.labeller where that is a model, otherwise the first teacher that is one.</summary>
    public string? Teacher { get; init; }
}
