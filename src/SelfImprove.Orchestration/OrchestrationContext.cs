using Microsoft.Extensions.Logging;

namespace SelfImprove.Orchestration;

/// <summary>What an orchestrator may see and do. Two engines implement it: the embedded one and Azure Durable Functions.</summary>
public abstract class OrchestrationContext
{
    /// <summary>This instance's id.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The time of this turn: the same at every replay.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>Whether the code is being replayed over work already done.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>A logger that is silent while replaying.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>A new id, the same at every replay.</summary>
    public abstract Guid NewGuid();

    /// <summary>Calls an activity. Transient failures are retried by <paramref name="retry"/> (<see cref="RetryPolicy.Default"/> where null).</summary>
    /// <exception cref="OrchestrationFailureException">It failed for good.</exception>
    public abstract Task<TOut> CallAsync<TIn, TOut>(ActivityRef<TIn, TOut> activity, TIn input, RetryPolicy? retry = null);

    /// <summary>Runs a child orchestration. Its id derives from this instance's where <paramref name="instanceId"/> is null; give one that carries stage and round.</summary>
    /// <exception cref="OrchestrationFailureException">It failed.</exception>
    public abstract Task<TOut> CallAsync<TIn, TOut>(OrchestratorRef<TIn, TOut> child, TIn input, string? instanceId = null);

    /// <summary>Sleeps, durably.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public abstract Task SleepUntilAsync(DateTimeOffset due, CancellationToken stop = default);

    /// <summary>
    /// Waits for an event. An event is only a nudge: the fact is written to the store first; read it after opening the wait
    /// and again after every wake-up. Names are compared without case; early events are buffered.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public abstract Task<T> EventAsync<T>(string name, CancellationToken stop = default);

    /// <summary>Shows a status to those who look at the instance; at most 8 KiB of JSON.</summary>
    public abstract void SetStatus(object status);

    /// <summary>Ends this execution and starts the next with a new input and an empty history; unread events survive. Throws with calls outstanding.</summary>
    public abstract void ContinueAsNew<TIn>(TIn input);

    /// <summary>Waits for an event or until <paramref name="due"/>, whichever is first.</summary>
    /// <returns>True where the event came.</returns>
    public async Task<bool> EventOrUntilAsync(string name, DateTimeOffset due)
    {
        using var stop = new CancellationTokenSource();
        var nudge = EventAsync<string>(name, stop.Token);
        var timer = SleepUntilAsync(due, stop.Token);
        var first = await Task.WhenAny(nudge, timer);
        await stop.CancelAsync();
        return first == nudge;
    }
}
