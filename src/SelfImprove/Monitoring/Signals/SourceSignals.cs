namespace SelfImprove.Monitoring.Signals;

/// <summary>What is known of one source of feedback.</summary>
public sealed record SourceSignals
{
    /// <summary>Judgements on the goal metric.</summary>
    public long Judgements { get; init; }

    /// <summary>Sum of their rewards.</summary>
    public double RewardSum { get; init; }

    /// <summary>Interactions that another source judged as well.</summary>
    public long Shared { get; init; }

    /// <summary>Of these, judged alike (rewards differ by less than 0.5).</summary>
    public long Agreed { get; init; }

    /// <summary>Whether the source is quarantined: kept and marked, not counted.</summary>
    public bool Quarantined { get; init; }
}
