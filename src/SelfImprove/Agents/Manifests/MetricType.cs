namespace SelfImprove.Agents.Manifests;

/// <summary>The type of a metric's values.</summary>
public enum MetricType
{
    /// <summary>True or false; true is 1.</summary>
    Boolean,
    /// <summary>A number in the metric's range.</summary>
    Number,
}
