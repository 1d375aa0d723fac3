namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Bounds of the aggregation.</summary>
public sealed record AggregatorOptions
{
    /// <summary>New bytes folded and committed at a time; bounds memory.</summary>
    public int ChunkBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Runs of the event index smaller than this are absorbed by the next one; larger ones are merged eight at a time.</summary>
    public int SmallestRunBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// A merge of runs moves on by twice what a chunk writes, and by at least this, so that no chunk waits for a large merge; runs are written in pieces of
    /// this size.
    /// </summary>
    public int MergeStepBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long an event is remembered after it happened: a duplicate or a judgement that comes later is taken for new, or waits in vain.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>How long after its hour a segment is closed even though its writer may still live.</summary>
    public TimeSpan SealAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How far the start of listings stays behind the clock: more than clocks of hosts ever differ.</summary>
    public TimeSpan WatermarkLag { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Threads that parse; half of what a machine has is enough.</summary>
    public int Parsers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    /// <summary>Interactions and episodes kept in memory per agent, at most about twice this number: what recent feedback refers to.</summary>
    public int CachedEntries { get; init; } = 100_000;

    /// <summary>Agents kept in memory; others are read again from the store when their turn comes.</summary>
    public int CachedAgents { get; init; } = 16;
}
