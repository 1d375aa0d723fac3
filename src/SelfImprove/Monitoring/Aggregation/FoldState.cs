using SelfImprove.Statistics.Sketches;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>How far a segment was folded.</summary>
/// <param name="Offset">Bytes folded.</param>
/// <param name="Closed">Its seal was read: nothing follows.</param>
internal readonly record struct SegmentCursor(long Offset, bool Closed);

/// <summary>
/// What a fold needs of the ones before; kept inside of the signals, so that signals, cursor and index change in one write.
/// </summary>
internal sealed record FoldState
{
    /// <summary>Listings start at this hour.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>Per segment from the watermark on.</summary>
    public Dictionary<string, SegmentCursor> Segments { get; init; } = new(StringComparer.Ordinal);

    /// <summary>What the index consists of.</summary>
    public IndexFiles Index { get; init; } = new();

    /// <summary>Interactions judged so far.</summary>
    public long Sequence { get; init; }

    /// <summary>The reward map in effect.</summary>
    public string? Rewards { get; init; }

    /// <summary>The sources left out.</summary>
    public IReadOnlyList<string> Quarantined { get; init; } = [];

    /// <summary>Per version: the latency sketch.</summary>
    public Dictionary<string, QuantileSketchState> Latency { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>The signals as stored.</summary>
internal sealed record FoldedSignals : Signals.AgentSignals
{
    /// <summary>The fold's own state.</summary>
    public FoldState? Fold { get; init; }
}
