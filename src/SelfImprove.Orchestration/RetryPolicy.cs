namespace SelfImprove.Orchestration;

/// <summary>How the seam repeats a call that failed transiently: exponential back-off on durable timers.</summary>
/// <param name="MaxAttempts">All attempts together, at least 1.</param>
/// <param name="FirstDelay">Before the second attempt; positive.</param>
/// <param name="Backoff">Factor from one delay to the next, at least 1.</param>
/// <param name="MaxDelay">No delay is longer.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan FirstDelay, double Backoff, TimeSpan MaxDelay)
{
    /// <summary>5 attempts, 2 s, doubling, at most 1 min.</summary>
    public static RetryPolicy Default { get; } = new(5, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(1));

    /// <summary>The delay after attempt <paramref name="attempt"/> (1-based) failed.</summary>
    public TimeSpan DelayAfter(int attempt) =>
        TimeSpan.FromTicks((long)Math.Min(FirstDelay.Ticks * Math.Pow(Backoff, attempt - 1), MaxDelay.Ticks));
}
