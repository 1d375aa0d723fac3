using SelfImprove.Models;

namespace SelfImprove.Monitoring.Events;

/// <summary>A judgement of an interaction or an episode.</summary>
public sealed record Feedback
{
    /// <summary>Chosen by the client: 1 to 128 characters of <c>[A-Za-z0-9._:-]</c>, unique within the agent.</summary>
    public required string Id { get; init; }

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>When it was given.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The interaction judged; either this or <see cref="Episode"/>.</summary>
    public string? Interaction { get; init; }

    /// <summary>The episode judged: counts for each of its interactions.</summary>
    public string? Episode { get; init; }

    /// <summary>A metric of the manifest, or <c>comment</c> or <c>demonstration</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>The value: a boolean is 0 or 1; null for comments and demonstrations.</summary>
    public double? Value { get; init; }

    /// <summary>A remark.</summary>
    public string? Comment { get; init; }

    /// <summary>Of a demonstration: the right output.</summary>
    public AgentOutput? Demonstration { get; init; }

    /// <summary>Who judged.</summary>
    public required FeedbackSource Source { get; init; }
}
