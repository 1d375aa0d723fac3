namespace SelfImprove.Monitoring.Ingestion;

/// <summary>Bounds of what is taken in.</summary>
public sealed record IngestionOptions
{
    /// <summary>The most bytes of a body.</summary>
    public int MaxBodyBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>The most bytes of one event, as sent and as stored.</summary>
    public int MaxEventBytes { get; init; } = 256 * 1024;

    /// <summary>The most events of a body.</summary>
    public int MaxEvents { get; init; } = 10_000;

    /// <summary>How deep JSON may nest.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>How far an event's time may be ahead of the clock.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How old an event may be: what is older than the index remembers could not be told from a duplicate.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Ids remembered per agent, to answer duplicates and conflicts at once; at least this many, at most twice.</summary>
    public int RecentIds { get; init; } = 50_000;
}
