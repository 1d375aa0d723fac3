namespace SelfImprove.Agents.Versions;

/// <summary>One immutable version of an agent's student, with its lineage. Kept as <c>agents/{agent}/versions/{id}.json</c>.</summary>
public sealed record AgentVersion
{
    /// <summary>Its id within the agent: <c>v1</c>, <c>v2</c>, ...</summary>
    public required string Id { get; init; }

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The model behind it, as a reference: <c>builtin:agents/{agent}/models/v1.model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The version it grew from; null for the first.</summary>
    public string? Parent { get; init; }

    /// <summary>The run that made it; null where a person registered it.</summary>
    public string? Run { get; init; }

    /// <summary>The round of the run.</summary>
    public int? Round { get; init; }

    /// <summary>Where its model comes from; null of versions older than this record.</summary>
    public VersionOrigin? Origin { get; init; }

    /// <summary>The dataset it was trained on (all rows, those of its parents included): a store path; null where unknown.</summary>
    public string? Dataset { get; init; }

    /// <summary>SHA-256 of the model's bytes, lower-case hexadecimal; null where the model is elsewhere.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The head of the agent's audit chain when it was made: an anchor for verification.</summary>
    public string? AuditHead { get; init; }
}
