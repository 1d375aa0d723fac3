namespace SelfImprove.Monitoring.Signals;

/// <summary>The aggregated view of an agent, folded from its log. Kept as <c>agents/{agent}/signals.json</c>; its size is bounded. Not to be derived
/// from by users.</summary>
public record AgentSignals
{
    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>Grows by one with every fold.</summary>
    public required long Generation { get; init; }

    /// <summary>All interactions counted.</summary>
    public long Interactions { get; init; }

    /// <summary>Interactions with at least one judgement on the goal metric.</summary>
    public long Judged { get; init; }

    /// <summary>The time of the newest event folded; null before the first.</summary>
    public DateTimeOffset? NewestEvent { get; init; }

    /// <summary>Per version that served: the 24 that served last, older ones together as <c>(older)</c>; <c>(unknown)</c> where the caller named none.</summary>
    public IReadOnlyDictionary<string, VersionSignals> Versions { get; init; } = new Dictionary<string, VersionSignals>();

    /// <summary>Per source of feedback (<c>kind:id</c>): up to 400, the busiest kept where there were more, the rest together as <c>(other)</c>.</summary>
    public IReadOnlyDictionary<string, SourceSignals> Sources { get; init; } = new Dictionary<string, SourceSignals>();

    /// <summary>Requests per UTC day (<c>yyyy-MM-dd</c>), the last 35.</summary>
    public IReadOnlyDictionary<string, long> Daily { get; init; } = new Dictionary<string, long>();

    /// <summary>Events that could not be counted: see the dead-letter list.</summary>
    public long DeadLetters { get; init; }
}
