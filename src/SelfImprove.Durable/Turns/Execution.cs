using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>One execution of an orchestrator's code: the live state machine, warm between turns.</summary>
internal sealed class Execution : IDisposable
{
    private readonly TurnSynchronizationContext _turns = new();
    private readonly TurnTrace _trace = new();
    private readonly ReplayContext _context;
    private readonly OrchestratorEntry _entry;
    private readonly object _orchestrator;
    private readonly IServiceScope _scope;
    private Task<string>? _code;
    private Exception? _escaped;

    private Execution(OrchestratorEntry entry, object orchestrator, IServiceScope scope, string instanceId, int number, ILogger logger)
    {
        (_entry, _orchestrator, _scope) = (entry, orchestrator, scope);
        _context = new ReplayContext(instanceId, number, _trace, _turns, logger);
    }

    /// <summary>Whether the code has returned, within a turn: what another thread completes does not count.</summary>
    public bool HasReturned { get; private set; }

    public string? CustomStatus => _context.CustomStatus;

    public IReadOnlyList<HistoryEvent> UnreadEvents => _context.UnreadEvents;

    /// <summary>The input of the next execution, once the code has returned after ContinueAsNew.</summary>
    public string? RestartInput => HasReturned && _code!.IsCompletedSuccessfully ? _context.RestartInput : null;

    /// <summary>Builds the orchestrator. Null, with the reason, where this build cannot.</summary>
    public static Execution? TryCreate(
        OrchestrationRegistry registry, IServiceProvider services, ILogger logger, string instanceId, string orchestrator, int number, out string? reason)
    {
        if (!registry.Orchestrators.TryGetValue(orchestrator, out var entry))
        {
            reason = $"No orchestrator named '{orchestrator}' is registered. Deploy a build that has it, or terminate instance '{instanceId}'.";
            return null;
        }
        var scope = services.CreateScope();
        try
        {
            reason = null;
            return new Execution(entry, entry.Create(scope.ServiceProvider), scope, instanceId, number, logger);
        }
        catch (Exception e)
        {
            scope.Dispose();
            reason = $"Orchestrator '{orchestrator}' of instance '{instanceId}' could not be built: {e.Message}";
            return null;
        }
    }

    /// <summary>Replays what history has. Null, or how the code departs from it.</summary>
    public string? Replay(IEnumerable<HistoryTurn> turns)
    {
        foreach (var turn in turns)
        {
            _context.SetNow(turn.At);
            _trace.Replay(turn, Give);
            if (_trace.Mismatch is { } mismatch)
                return $"{Subject} was recorded by other code: {mismatch}. Deploy a build that matches its history, or terminate it.";
        }
        return null;
    }

    public void BeginTurn(DateTimeOffset now) => _context.SetNow(now);

    /// <summary>Gives the code a new fact, if it still concerns it.</summary>
    public void Deliver(HistoryEvent fact)
    {
        if (HasReturned || !_context.Expects(fact))
            return;
        _trace.Record(fact);
        Give(fact);
    }

    public DateTimeOffset Now => _context.Now;

    public List<HistoryEvent> TakeRecorded() => _trace.TakeRecorded();

    /// <summary>Why the code can never go on, where that is so; null otherwise.</summary>
    public string? FindDeadEnd()
    {
        if (_escaped is not null)
            return $"{Subject} let an exception escape from its turn: {_escaped.Message} Await all that is async; use no async void.";
        if (HasReturned)
            return null;
        if (_turns.WasTouchedFromOutside)
            return $"{Subject} was touched by another thread: its code awaits a task that is not durable, or uses "
                + "ConfigureAwait(false), Task.Run, CancelAfter or CancelAsync. Await only what the context gives.";
        return _context.IsWaiting
            ? null
            : $"{Subject} waits for nothing that the engine could complete: its code awaits a task that is not durable. "
                + "Await only what the context gives.";
    }

    public void Dispose() => _scope.Dispose();

    private string Subject => $"Instance '{_context.InstanceId}' of orchestrator '{_entry.Name}'";

    private void Give(HistoryEvent fact)
    {
        try
        {
            _turns.Run(() =>
            {
                if (fact.Kind == HistoryEventKind.Started)
                    _code = _entry.RunAsync(_orchestrator, _context, fact.Data!);
                else
                    _context.Deliver(fact);
            });
        }
        catch (Exception e)
        {
            _escaped = e; // from an async void method or a callback: there is no task to carry it
        }
        if (HasReturned || !_code!.IsCompleted)
            return;
        HasReturned = true;
        if (RestartInput is null) // otherwise the next execution's history begins afresh
            AskForEnd();
    }

    private void AskForEnd() => _trace.TryAsk(_code!.IsCompletedSuccessfully
        ? new HistoryEvent(HistoryEventKind.Completed) { Data = _code.Result }
        : new HistoryEvent(HistoryEventKind.Failed) { Failure = FailureOf(_code) });

    private static Failure FailureOf(Task code) => code.IsCanceled
        ? new Failure(nameof(OperationCanceledException), "The orchestrator ended by cancellation: it cancelled a wait or a timer and did not catch it.", false)
        : Failure.From(code.Exception!);
}
