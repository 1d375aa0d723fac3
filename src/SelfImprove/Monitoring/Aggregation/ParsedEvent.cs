namespace SelfImprove.Monitoring.Aggregation;

/// <summary>What a line of the log is.</summary>
internal enum LineKind : byte
{
    Blank,
    Interaction,
    Feedback,
    Seal,
    Corrupt,
}

/// <summary>The part of an event that the fold needs.</summary>
internal struct ParsedEvent
{
    public LineKind Kind;
    public bool Failed;
    public bool TargetIsEpisode;
    public bool HasValue;
    public int Length;
    public long Offset;
    public UInt128 Key;
    public UInt128 Target;
    public UInt128 Episode;
    public ulong Content;
    public long Ticks;
    public double Value;
    public double Latency;
    public double Confidence;
    public decimal Cost;
    public string? Version;
    public string? Decision;
    public string[]? Slices;
    public string? Source;
    public string? Metric;
    public string? Problem;
}
