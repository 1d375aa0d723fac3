namespace SelfImprove.Orchestration;

/// <summary>
/// A durable function: plain async code that is replayed from its history, so it must be deterministic. No clock, no
/// randomness, no I/O, no threads of its own: everything comes from the <see cref="OrchestrationContext"/>.
/// </summary>
/// <typeparam name="TIn">The input.</typeparam>
/// <typeparam name="TOut">The output.</typeparam>
public abstract class Orchestrator<TIn, TOut>
{
    /// <summary>Runs, from the start at every replay.</summary>
    public abstract Task<TOut> RunAsync(OrchestrationContext context, TIn input);
}
