namespace SelfImprove.Orchestration;

/// <summary>
/// A unit of work with side effects, called by an orchestrator. It may run twice for one call, even at once: it must be
/// idempotent by <see cref="ActivityContext.Key"/>. Built by the host's dependency injection for every execution.
/// </summary>
/// <typeparam name="TIn">The input.</typeparam>
/// <typeparam name="TOut">The output.</typeparam>
public abstract class Activity<TIn, TOut>
{
    /// <summary>Does the work. Throw <see cref="TransientException"/> where a later attempt may succeed; any other exception is a lasting failure.</summary>
    /// <param name="context">Who calls, and the idempotency key.</param>
    /// <param name="input">The input as the orchestrator gave it.</param>
    /// <param name="cancellationToken">Cancelled when the host stops: the call will be repeated.</param>
    public abstract Task<TOut> RunAsync(ActivityContext context, TIn input, CancellationToken cancellationToken);
}
