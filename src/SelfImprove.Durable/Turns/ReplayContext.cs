using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>The embedded engine's context: turns facts into completed tasks, and calls into requests on the trace.</summary>
internal sealed class ReplayContext : OrchestrationContext
{
    private readonly int _execution;
    private readonly TurnTrace _trace;
    private readonly TurnSynchronizationContext _turns;
    private readonly Dictionary<int, TaskCompletionSource<CallOutcome>> _pending = [];
    private readonly EventInbox _events = new();
    private int _nextCall;
    private int _nextChild;
    private int _nextGuid;
    private DateTimeOffset _now;

    public ReplayContext(string instanceId, int execution, TurnTrace trace, TurnSynchronizationContext turns, ILogger logger)
    {
        InstanceId = instanceId;
        (_execution, _trace, _turns) = (execution, trace, turns);
        Logger = new ReplaySafeLogger(logger, () => trace.IsReplaying);
    }

    public override string InstanceId { get; }
    public override DateTimeOffset Now => _now;
    public override bool IsReplaying => _trace.IsReplaying;
    public override ILogger Logger { get; }

    public string? CustomStatus { get; private set; }
    public string? RestartInput { get; private set; }
    public IReadOnlyList<HistoryEvent> UnreadEvents => _events.Unread;

    /// <summary>Whether anything can still happen to the code.</summary>
    public bool IsWaiting => _pending.Count > 0 || _events.HasReaders;

    public void SetNow(DateTimeOffset now) => _now = now > _now ? now : _now;

    /// <summary>Whether a fact still concerns the code: a result whose call is gone does not.</summary>
    public bool Expects(HistoryEvent fact) => fact.Kind is HistoryEventKind.EventReceived or HistoryEventKind.Started || _pending.ContainsKey(fact.Call);

    public void Deliver(HistoryEvent fact)
    {
        if (fact.Kind == HistoryEventKind.EventReceived)
            _events.Add(fact);
        else if (_pending.Remove(fact.Call, out var source))
            source.SetResult(new CallOutcome(fact.Data, fact.Failure));
    }

    public override Guid NewGuid()
    {
        RefuseOffTurn();
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{InstanceId}\n{_execution}\n{_nextGuid++}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80); // RFC 9562: version 8 (own scheme), variant 10
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    protected override Task<CallOutcome> ScheduleActivityAsync(ActivityCall call)
    {
        RefuseOffTurn();
        return Pend(new HistoryEvent(HistoryEventKind.ActivityScheduled) { Call = ++_nextCall, Name = call.Activity, Data = call.Input });
    }

    protected override Task<CallOutcome> ScheduleChildAsync(ChildCall call)
    {
        RefuseOffTurn();
        _nextChild++;
        // Numbers restart with every execution, so later ones carry the execution too.
        var id = call.InstanceId ?? (_execution == 0 ? $"{InstanceId}/{_nextChild}" : $"{InstanceId}/{_execution}.{_nextChild}");
        InstanceIds.Check(id);
        return Pend(new HistoryEvent(HistoryEventKind.ChildScheduled) { Call = ++_nextCall, Name = call.Orchestrator, InstanceId = id, Data = call.Input });
    }

    protected override Task CreateTimerAsync(DateTimeOffset due, CancellationToken stop)
    {
        RefuseOffTurn();
        if (stop.IsCancellationRequested)
            return Task.FromCanceled(stop);
        var call = ++_nextCall;
        var task = Pend(new HistoryEvent(HistoryEventKind.TimerCreated) { Call = call, Due = due });
        if (stop.CanBeCanceled)
            stop.UnsafeRegister(_ => CancelTimer(call, stop), null);
        return task;
    }

    protected override Task<string> ReceiveEventAsync(string name, CancellationToken stop)
    {
        RefuseOffTurn();
        if (stop.IsCancellationRequested)
            return Task.FromCanceled<string>(stop);
        var call = ++_nextCall;
        if (!_trace.TryAsk(new HistoryEvent(HistoryEventKind.EventAwaited) { Call = call, Name = name }))
            return Never<string>();
        var task = _events.Read(call, name, out var isWaiting);
        if (isWaiting && stop.CanBeCanceled)
            stop.UnsafeRegister(_ => CancelWait(call, name, stop), null);
        return task;
    }

    protected override void ShowStatus(string json)
    {
        RefuseOffTurn();
        CustomStatus = json;
    }

    protected override void Restart(string input)
    {
        RefuseOffTurn();
        RestartInput = input;
    }

    private void CancelTimer(int call, CancellationToken stop)
    {
        if (!_turns.CheckOnTurn() || !_pending.Remove(call, out var source))
            return;
        if (_trace.TryAsk(new HistoryEvent(HistoryEventKind.TimerCancelled) { Call = call }))
            source.SetCanceled(stop);
    }

    private void CancelWait(int call, string name, CancellationToken stop)
    {
        if (!_turns.CheckOnTurn() || _events.Forget(call) is not { } source)
            return;
        if (_trace.TryAsk(new HistoryEvent(HistoryEventKind.EventWaitCancelled) { Call = call, Name = name }))
            source.SetCanceled(stop);
    }

    private Task<CallOutcome> Pend(HistoryEvent request)
    {
        if (!_trace.TryAsk(request))
            return Never<CallOutcome>();
        // Continuations run inline, on the turn's thread: asynchronous ones would move Task.WhenAny to the thread pool.
        var source = new TaskCompletionSource<CallOutcome>();
        _pending.Add(request.Call, source);
        return source.Task;
    }

    private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;

    private void RefuseOffTurn()
    {
        if (!_turns.CheckOnTurn())
            throw new InvalidOperationException(
                $"The context of instance '{InstanceId}' was used outside its turn. An orchestrator may await only what its context gives, "
                + "and never use ConfigureAwait(false), Task.Run or CancelAsync.");
    }
}
