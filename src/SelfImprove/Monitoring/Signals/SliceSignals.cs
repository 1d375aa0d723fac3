namespace SelfImprove.Monitoring.Signals;

/// <summary>What is known of one slice of a version's traffic.</summary>
public sealed record SliceSignals
{
    /// <summary>Interactions in it.</summary>
    public long Interactions { get; init; }

    /// <summary>Of these, judged.</summary>
    public long Judged { get; init; }

    /// <summary>Sum of their rewards.</summary>
    public double RewardSum { get; init; }

    /// <summary>Judged of its reference period: its first 50.</summary>
    public int ReferenceCount { get; init; }

    /// <summary>Sum of the reference period's rewards.</summary>
    public double ReferenceSum { get; init; }

    /// <summary>The last 60 rewards, oldest first.</summary>
    public IReadOnlyList<double> Recent { get; init; } = [];
}
