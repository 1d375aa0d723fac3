namespace SelfImprove.Agents.Versions;

/// <summary>A version to be registered: all of <see cref="AgentVersion"/> but its id and time, which the store gives.</summary>
public sealed record VersionDraft
{
    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The model behind it, as a reference.</summary>
    public required string Model { get; init; }

    /// <summary>The version it grew from; null for the first.</summary>
    public string? Parent { get; init; }

    /// <summary>The run that made it; null where a person registers it.</summary>
    public string? Run { get; init; }

    /// <summary>The round of the run.</summary>
    public int? Round { get; init; }

    /// <summary>Where its model comes from, where no run made it.</summary>
    public VersionOrigin? Origin { get; init; }

    /// <summary>The dataset it was trained on: a store path; null where unknown.</summary>
    public string? Dataset { get; init; }

    /// <summary>SHA-256 of the model's bytes, lower-case hexadecimal; null where the model is elsewhere.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The head of the agent's audit chain now.</summary>
    public string? AuditHead { get; init; }
}
