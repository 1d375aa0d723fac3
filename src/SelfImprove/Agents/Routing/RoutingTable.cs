namespace SelfImprove.Agents.Routing;

/// <summary>Which versions serve an agent, and how traffic is split. Kept as <c>agents/{agent}/routing.json</c>, changed by compare-and-swap only.</summary>
public sealed record RoutingTable
{
    /// <summary>Grows by one with every change.</summary>
    public required long Revision { get; init; }

    /// <summary>The version that serves.</summary>
    public required string Champion { get; init; }

    /// <summary>The experiment under way, or null.</summary>
    public ExperimentRoute? Experiment { get; init; }

    /// <summary>Whether the agent is out of operation, and what serves meanwhile; null in normal operation.</summary>
    public PausedRoute? Pause { get; init; }

    /// <summary>The run whose change this was; null for a person's.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>When it was changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Champions of the past, newest first, at most 20.</summary>
    public IReadOnlyList<string> PreviousChampions { get; init; } = [];
}
