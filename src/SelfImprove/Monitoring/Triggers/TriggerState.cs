namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// What an agent's triggers remember, <c>triggers/{agent}.json</c>: one object, so that a cause is consumed and its run allocated in one compare-and-swap.
/// </summary>
internal sealed record TriggerState
{
    /// <summary>How many runs were allocated.</summary>
    public int Runs { get; init; }

    /// <summary>The run under way, from its allocation to its end; null where there is none.</summary>
    public string? Active { get; init; }

    /// <summary>What is to be started, until the starter confirms it.</summary>
    public PendingRun? Pending { get; init; }

    /// <summary>When the last run ended.</summary>
    public DateTimeOffset? LastEnded { get; init; }

    /// <summary>Per schedule: up to when its due times were served.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Schedules { get; init; } = new Dictionary<string, DateTimeOffset>();
}

/// <summary>A run to be started, with the evidence for the audit and the requests that it takes up.</summary>
internal sealed record PendingRun(RunStart Start, IReadOnlyList<PolicyEvidence> Fired, IReadOnlyList<ImprovementRequest> Requests);
