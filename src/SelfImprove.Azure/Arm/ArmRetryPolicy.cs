using Azure.Core;
using Azure.Core.Pipeline;

namespace SelfImprove.Azure.Arm;

/// <summary>
/// Repeats at once what may be repeated: reads and deletes after any passing failure, everything else only where Azure says that it did nothing (429). Longer
/// waits belong to durable timers, so a long Retry-After ends the call.
/// </summary>
internal sealed class ArmRetryPolicy(TimeSpan firstDelay) : RetryPolicy(Repeats, DelayStrategy.CreateExponentialDelayStrategy(firstDelay, LongestWait))
{
    private const int Repeats = 2;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => MayRepeat(message) && base.ShouldRetry(message, exception);

    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        MayRepeat(message) && await base.ShouldRetryAsync(message, exception).ConfigureAwait(false);

    private static bool MayRepeat(HttpMessage message)
    {
        if (message.HasResponse && ArmResources.RetryAfterOf(message.Response, TimeProvider.System) > LongestWait) return false;
        return message.Request.Method == RequestMethod.Get || message.Request.Method == RequestMethod.Delete
            || (message.HasResponse && message.Response.Status == 429);
    }
}
