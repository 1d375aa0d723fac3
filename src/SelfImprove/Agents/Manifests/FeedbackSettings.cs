using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>How feedback is read.</summary>
public sealed record FeedbackSettings
{
    /// <summary>How long feedback may come after a request and still count in an A/B test.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan Maturity { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The share of wrong thumbs believed until an audit measured it, [0,0.5).</summary>
    [Range(0.0, 0.5, MaximumIsExclusive = true)]
    public double WrongShare { get; init; }
}
