namespace SelfImprove.Models.Endpoints;

/// <summary>
/// What a look at an endpoint found. Nobody waits inside a call: what is still going on at the service is named in <see cref="Operation"/>, as data, and the next
/// look (after a durable timer, perhaps in another process) is given it back.
/// </summary>
public sealed record EndpointStatus
{
    /// <summary>Where it stands.</summary>
    public required EndpointState State { get; init; }

    /// <summary>Of a healthy one: the model reference that it answers under.</summary>
    public string? Serving { get; init; }

    /// <summary>Of one at work: what the next look polls, in words that only the service's adapter reads; null where the resource itself tells.</summary>
    public string? Operation { get; init; }

    /// <summary>For a person: the service's own word for what it does, or why it failed and what to do.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a failed one: whether quota or capacity is lacking, which no repetition mends.</summary>
    public bool IsQuota { get; init; }

    /// <summary>How long the service asks to wait before the next look; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>It is at work.</summary>
    public static EndpointStatus Working(string? reason = null, string? operation = null, TimeSpan? retryAfter = null) =>
        new() { State = EndpointState.Working, Reason = reason, Operation = operation, RetryAfter = retryAfter };

    /// <summary>It answers.</summary>
    public static EndpointStatus Healthy(string? serving = null) => new() { State = EndpointState.Healthy, Serving = serving };

    /// <summary>It will not come to be.</summary>
    public static EndpointStatus Failed(string reason, bool isQuota = false) => new() { State = EndpointState.Failed, Reason = reason, IsQuota = isQuota };

    /// <summary>It is not there.</summary>
    public static EndpointStatus Gone { get; } = new() { State = EndpointState.Gone };
}
