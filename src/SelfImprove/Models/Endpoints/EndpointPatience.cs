using SelfImprove.Orchestration;

namespace SelfImprove.Models.Endpoints;

/// <summary>
/// How an orchestrator waits for an endpoint: looks that grow rarer, never more often than the service asks for. Pure but for the context, so it may be used in
/// orchestrators.
/// </summary>
/// <param name="deadline">When the waiting ends: the last look is made then.</param>
public sealed class EndpointPatience(DateTimeOffset deadline)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private TimeSpan _wait = FirstWait;

    /// <summary>Each look is one attempt: the waiting itself is the repetition.</summary>
    public static RetryPolicy OneAttempt { get; } = new(1, FirstWait, 1, FirstWait);

    /// <summary>Whether the time is up.</summary>
    public bool IsOver(DateTimeOffset now) => now >= deadline;

    /// <summary>When to look next.</summary>
    /// <param name="now">The time of this turn.</param>
    /// <param name="asked">How long the service asks to wait.</param>
    public DateTimeOffset Next(DateTimeOffset now, TimeSpan? asked)
    {
        var next = now + (asked > _wait ? asked.Value : _wait);
        _wait = _wait * 2 < LongestWait ? _wait * 2 : LongestWait;
        return next < deadline ? next : deadline;
    }

    /// <summary>
    /// Looks, and takes a look that failed for the moment (no answer, throttled) for one that saw work going on: whether what it asked for took effect is not
    /// known, and the next look finds out. Lasting failures go on.
    /// </summary>
    public static async Task<EndpointStatus> LookAsync<TIn>(OrchestrationContext context, ActivityRef<TIn, EndpointStatus> look, TIn input, string? operation)
    {
        try
        {
            return await context.CallAsync(look, input, OneAttempt);
        }
        catch (OrchestrationFailureException failed) when (failed.Failure.IsTransient)
        {
            return EndpointStatus.Working(failed.Failure.Message, operation);
        }
    }
}
