namespace SelfImprove.Statistics.Trend;

/// <summary>Direction of a trend at the level asked for.</summary>
public enum TrendDirection
{
    /// <summary>No trend is proven.</summary>
    None,

    /// <summary>Values rise.</summary>
    Increasing,

    /// <summary>Values fall.</summary>
    Decreasing,
}
