using Microsoft.Extensions.Logging;

namespace SelfImprove.Orchestration;

/// <summary>
/// What an orchestrator may see and do. Two engines implement it: the embedded one and Azure Durable Functions. What must be alike on both (retries,
/// limits, serialization, failures, guards) is here; an engine gives the protected primitives.
/// </summary>
public abstract class OrchestrationContext
{
    /// <summary>The most calls (activities and children) that one instance may have open at once: fan-out nests in children.</summary>
    public const int MaxOpenCalls = 100;

    private int _openCalls;
    private int _openTimers;
    private bool _continuesAsNew;

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
    /// <exception cref="PayloadLimitException">The input is over 48 KiB of JSON.</exception>
    public async Task<TOut> CallAsync<TIn, TOut>(ActivityRef<TIn, TOut> activity, TIn input, RetryPolicy? retry = null)
    {
        retry ??= RetryPolicy.Default;
        var call = new ActivityCall(InstanceId, activity.Name, SeamPayload.Write(input, $"input of activity '{activity.Name}'"));
        OpenCall($"activity '{activity.Name}'");
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var outcome = await ScheduleActivityAsync(call);
                if (outcome.Failure is not { } failure)
                    return SeamPayload.Read<TOut>(outcome.Value!, $"output of activity '{activity.Name}'");
                if (!failure.IsTransient || attempt >= retry.MaxAttempts)
                    throw new OrchestrationFailureException(activity.Name, failure);
                await CreateTimerAsync(Now + retry.DelayAfter(attempt), CancellationToken.None);
            }
        }
        finally
        {
            _openCalls--;
        }
    }

    /// <summary>
    /// Runs a child orchestration. Its id derives from this instance's where <paramref name="instanceId"/> is null; give one that carries stage and round.
    /// </summary>
    /// <exception cref="OrchestrationFailureException">It failed, was terminated, or its id is taken.</exception>
    /// <exception cref="PayloadLimitException">The input is over 48 KiB of JSON.</exception>
    public async Task<TOut> CallAsync<TIn, TOut>(OrchestratorRef<TIn, TOut> child, TIn input, string? instanceId = null)
    {
        var call = new ChildCall(child.Name, instanceId, SeamPayload.Write(input, $"input of child '{child.Name}'"));
        OpenCall($"child '{child.Name}'");
        try
        {
            var outcome = await ScheduleChildAsync(call);
            return outcome.Failure is { } failure
                ? throw new OrchestrationFailureException(child.Name, failure)
                : SeamPayload.Read<TOut>(outcome.Value!, $"output of child '{child.Name}'");
        }
        finally
        {
            _openCalls--;
        }
    }

    /// <summary>Sleeps, durably; a time already past wakes at once.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public async Task SleepUntilAsync(DateTimeOffset due, CancellationToken stop = default)
    {
        RefuseAfterContinue("a timer");
        _openTimers++;
        try
        {
            await CreateTimerAsync(due, stop);
        }
        finally
        {
            _openTimers--;
        }
    }

    /// <summary>
    /// Waits for an event. An event is only a nudge: the fact is written to the store first; read it after opening the wait
    /// and again after every wake-up. Names are compared without case; early events are buffered.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public async Task<T> EventAsync<T>(string name, CancellationToken stop = default)
    {
        RefuseAfterContinue($"event '{name}'");
        return SeamPayload.Read<T>(await ReceiveEventAsync(name, stop), $"payload of event '{name}'");
    }

    /// <summary>Shows a status to those who look at the instance; at most 8 KiB of JSON.</summary>
    /// <exception cref="PayloadLimitException">It is larger.</exception>
    public void SetStatus(object status) => ShowStatus(SeamPayload.WriteObject(status, $"status of instance '{InstanceId}'", SeamPayload.MaxStatusBytes));

    /// <summary>
    /// Ends this execution and starts the next with a new input and an empty history; unread events survive. Return at once after it: what the orchestrator
    /// returns is then ignored.
    /// </summary>
    /// <exception cref="InvalidOperationException">Calls or timers are outstanding: await or cancel them first.</exception>
    /// <exception cref="PayloadLimitException">The input is over 48 KiB of JSON.</exception>
    public void ContinueAsNew<TIn>(TIn input)
    {
        RefuseAfterContinue("ContinueAsNew");
        if (_openCalls + _openTimers > 0)
            throw new InvalidOperationException(
                $"Instance '{InstanceId}' called ContinueAsNew with {_openCalls} calls and {_openTimers} timers outstanding. "
                + "Await the calls and cancel the timers first.");
        var json = SeamPayload.Write(input, $"input of the next execution of '{InstanceId}'");
        _continuesAsNew = true;
        Restart(json);
    }

    /// <summary>Waits for an event, whatever its payload, or until <paramref name="due"/>, whichever is first.</summary>
    /// <returns>True where the event came.</returns>
    public async Task<bool> EventOrUntilAsync(string name, DateTimeOffset due)
    {
        RefuseAfterContinue($"event '{name}'");
        using var stop = new CancellationTokenSource();
        var nudge = ReceiveEventAsync(name, stop.Token);
        var timer = SleepUntilAsync(due, stop.Token);
        await Task.WhenAny(nudge, timer);
        // Not CancelAsync: it would call back on another thread, outside this turn.
        stop.Cancel();
        return nudge.IsCompletedSuccessfully;
    }

    /// <summary>Runs an activity once. A failure is data, not an exception.</summary>
    protected abstract Task<CallOutcome> ScheduleActivityAsync(ActivityCall call);

    /// <summary>Runs a child once. A failure is data, not an exception.</summary>
    protected abstract Task<CallOutcome> ScheduleChildAsync(ChildCall call);

    /// <summary>A durable timer; a cancelled one throws <see cref="OperationCanceledException"/> and is removed.</summary>
    protected abstract Task CreateTimerAsync(DateTimeOffset due, CancellationToken stop);

    /// <summary>The JSON of the next event of that name, compared without case; a cancelled wait throws <see cref="OperationCanceledException"/>.</summary>
    protected abstract Task<string> ReceiveEventAsync(string name, CancellationToken stop);

    /// <summary>Shows a status's JSON.</summary>
    protected abstract void ShowStatus(string json);

    /// <summary>Restarts with the input's JSON once the code has returned; unread events are kept.</summary>
    protected abstract void Restart(string input);

    private void OpenCall(string step)
    {
        RefuseAfterContinue(step);
        if (_openCalls >= MaxOpenCalls)
            throw new InvalidOperationException(
                $"Instance '{InstanceId}' asked for {step} with {_openCalls} calls open; at most {MaxOpenCalls} are allowed at once. "
                + "Nest the fan-out in child orchestrations.");
        _openCalls++;
    }

    private void RefuseAfterContinue(string step)
    {
        if (_continuesAsNew)
            throw new InvalidOperationException($"Instance '{InstanceId}' asked for {step} after ContinueAsNew. Return right after ContinueAsNew.");
    }
}
