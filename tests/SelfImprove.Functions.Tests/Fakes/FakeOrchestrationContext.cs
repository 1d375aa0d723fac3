using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>
/// The SDK's context as it is documented and was seen to behave: those who wait for an event form a stack (the last comes first), a wait that was cancelled still
/// takes the next event of its name, names are compared without case, early events are buffered, a failed call throws
/// <see cref="TaskFailedException"/>, ContinueAsNew sends what is buffered, and what comes later, to the next execution.
/// </summary>
internal sealed class FakeOrchestrationContext(FakeInstance instance, ILoggerFactory loggers) : TaskOrchestrationContext
{
    private readonly Dictionary<int, (Action<string?> Complete, Action<TaskFailureDetails> Fail)> _pending = [];
    private readonly Dictionary<string, Stack<Action<string>>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<string>> _buffer = new(StringComparer.OrdinalIgnoreCase);
    private DateTime _now;
    private int _next;
    private int _nextGuid;

    public override TaskName Name => instance.Name;
    public override string InstanceId => instance.Id;
    public override ParentOrchestrationInstance? Parent => instance.Parent is { } p ? new(p.Instance.Name, p.Instance.Id) : null;
    public override DateTime CurrentUtcDateTime => _now;
    public override bool IsReplaying => Replaying;
    protected override ILoggerFactory LoggerFactory => loggers;

    public bool Replaying { get; set; }

    /// <summary>What was asked for and is in no history yet.</summary>
    public List<FakeRequest> New { get; } = [];

    public HashSet<int> CancelledTimers { get; } = [];
    public List<(string Instance, string Name, string Json)> Sent { get; } = [];
    public string? CustomStatus { get; private set; }
    public (string? Input, bool KeepEvents)? Continued { get; private set; }

    /// <summary>Set where a replay asks for other work than before.</summary>
    public string? NonDeterminism { get; private set; }

    public void SetNow(DateTime now) => _now = now;

    public void Deliver(FakeFact fact)
    {
        if (fact.Kind == FakeFactKind.EventRaised) Raise(fact.Name!, fact.Json!);
        else if (_pending.Remove(fact.Id, out var call))
        {
            if (fact.Failure is { } failure) call.Fail(failure);
            else call.Complete(fact.Json);
        }
    }

    public override T? GetInput<T>() where T : default => instance.Input is null ? default : JsonSerializer.Deserialize<T>(instance.Input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        Ask<TResult>(new FakeRequest(_next++, "activity", name.Name, JsonSerializer.Serialize(input)));

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        Ask<TResult>(new FakeRequest(
            _next++, "orchestrator", orchestratorName.Name, JsonSerializer.Serialize(input), InstanceId: (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("n")));

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var id = _next;
        var task = Ask<object>(new FakeRequest(_next++, "timer", "", null, fireAt.ToUniversalTime()), cancel =>
        {
            if (cancellationToken.CanBeCanceled)
                cancellationToken.UnsafeRegister(_ =>
                {
                    if (!_pending.Remove(id)) return;
                    CancelledTimers.Add(id);
                    cancel(cancellationToken);
                }, null);
        });
        return task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        var source = new TaskCompletionSource<T>();
        if (!_waiters.TryGetValue(eventName, out var stack)) _waiters.Add(eventName, stack = []);
        stack.Push(json => source.TrySetResult(JsonSerializer.Deserialize<T>(json)!));
        if (_buffer.TryGetValue(eventName, out var early) && early.TryDequeue(out var first)) Raise(eventName, first);
        // The wait stays on the stack, and takes the next event with it.
        cancellationToken.UnsafeRegister(_ => source.TrySetCanceled(cancellationToken), null);
        return source.Task;
    }

    public override void SendEvent(string instanceId, string eventName, object payload) => Sent.Add((instanceId, eventName, JsonSerializer.Serialize(payload)));

    public override void SetCustomStatus(object? customStatus) => CustomStatus = JsonSerializer.Serialize(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        Continued = (JsonSerializer.Serialize(newInput), preserveUnprocessedEvents);
        if (!preserveUnprocessedEvents) return;
        foreach (var (name, payloads) in _buffer)
            while (payloads.TryDequeue(out var json)) Sent.Add((InstanceId, name, json));
    }

    /// <summary>As the SDK's: of instance, time and a counter, so that it repeats itself in executions of one instant.</summary>
    public override Guid NewGuid()
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{InstanceId}_{_now:O}_{_nextGuid++}"));
        return new Guid(hash.AsSpan(0, 16));
    }

    public override ILogger CreateReplaySafeLogger(string categoryName) => new ReplaySafe(this, loggers.CreateLogger(categoryName));

    private void Raise(string name, string json)
    {
        if (_waiters.TryGetValue(name, out var stack) && stack.TryPop(out var waiter)) waiter(json);
        else if (Continued is { KeepEvents: true }) Sent.Add((InstanceId, name, json));
        else
        {
            if (!_buffer.TryGetValue(name, out var buffered)) _buffer.Add(name, buffered = []);
            buffered.Enqueue(json);
        }
    }

    private Task<T> Ask<T>(FakeRequest request, Action<Action<CancellationToken>>? register = null)
    {
        if (!instance.Asked.TryGetValue(request.Id, out var before)) New.Add(request);
        else if ((before.Kind, before.Name, before.Json, before.InstanceId) != (request.Kind, request.Name, request.Json, request.InstanceId))
            NonDeterminism ??= $"Number {request.Id} was {before}, and is now {request}.";
        var source = new TaskCompletionSource<T>();
        _pending.Add(request.Id, (
            json => source.SetResult(json is null ? default! : JsonSerializer.Deserialize<T>(json)!), failure => source.SetException(new TaskFailedException(request.Name, request.Id, failure))));
        register?.Invoke(token => source.TrySetCanceled(token));
        return source.Task;
    }

    private sealed class ReplaySafe(FakeOrchestrationContext context, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => !context.Replaying && logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!context.Replaying) logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
