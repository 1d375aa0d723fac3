namespace SelfImprove.Statistics.Agreement;

/// <summary>Level of measurement of <see cref="KrippendorffAlpha"/>: how far two values differ.</summary>
public enum AlphaMetric
{
    /// <summary>Equal or not.</summary>
    Nominal,

    /// <summary>By the number of values ranked between them.</summary>
    Ordinal,

    /// <summary>By their squared difference.</summary>
    Interval,

    /// <summary>By their squared difference relative to their sum; values must be at least 0.</summary>
    Ratio,
}
