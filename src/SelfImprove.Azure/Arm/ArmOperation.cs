namespace SelfImprove.Azure.Arm;

/// <summary>How the end of a long-running operation is learnt.</summary>
public enum ArmOperationKind
{
    /// <summary>By <c>Azure-AsyncOperation</c>: a status document.</summary>
    Status,
    /// <summary>By <c>Location</c>: 202 until it has ended.</summary>
    Location,
    /// <summary>By the resource's own <c>provisioningState</c>.</summary>
    Resource,
}

/// <summary>
/// A long-running operation as data: an activity begins it and gives this back, the orchestrator sleeps on a durable timer, and a later activity polls it,
/// in another process if need be.
/// </summary>
/// <param name="Kind">How its end is learnt.</param>
/// <param name="Url">What is polled, on the endpoint's own host.</param>
/// <param name="RetryAfter">How long Azure asks to wait before the next look; null where it does not say.</param>
public sealed record ArmOperation(ArmOperationKind Kind, string Url, TimeSpan? RetryAfter = null);
