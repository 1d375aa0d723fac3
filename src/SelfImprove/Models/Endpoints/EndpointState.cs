namespace SelfImprove.Models.Endpoints;

/// <summary>Where a place that a model answers at stands, as its service tells it.</summary>
public enum EndpointState
{
    /// <summary>The service is at it; words that are not known count as this.</summary>
    Working,
    /// <summary>It answers (or: what was asked for is so).</summary>
    Healthy,
    /// <summary>It will not come to be; <see cref="EndpointStatus.Reason"/> says why.</summary>
    Failed,
    /// <summary>It is not there.</summary>
    Gone,
}
