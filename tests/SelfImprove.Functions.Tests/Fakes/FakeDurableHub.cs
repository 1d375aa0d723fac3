using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using SelfImprove.Durable;

namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>
/// A task hub in memory, on virtual time: every turn replays its instance's whole history. Starting an id that exists runs it anew, whoever starts it.
/// </summary>
internal sealed class FakeDurableHub(VirtualClock clock, ILoggerFactory loggers)
{
    private readonly SortedDictionary<string, FakeInstance> _instances = new(StringComparer.Ordinal);
    private readonly List<(DateTime Due, FakeInstance Instance, int Generation, int Id)> _timers = [];
    private readonly Queue<(FakeInstance Instance, int Generation, FakeRequest Request)> _activities = [];

    /// <summary>Runs an orchestrator's function; gives its output.</summary>
    public required Func<TaskOrchestrationContext, Task<string>> Orchestrate { get; init; }

    /// <summary>Runs an activity's function by name, over JSON.</summary>
    public required Func<string, string, Task<string>> Act { get; init; }

    public VirtualClock Clock => clock;

    public IEnumerable<FakeInstance> Instances => _instances.Values;

    public DateTime? NextTimer => _timers.Count == 0 ? null : _timers.Min(t => t.Due);

    /// <summary>The largest message so far: what it was, and its bytes.</summary>
    public (string What, int Bytes) Largest { get; private set; }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    public FakeInstance? Find(string id) => _instances.GetValueOrDefault(id);

    public FakeInstance Start(string name, string id, string? input, (FakeInstance, int, int)? parent = null)
    {
        Weigh($"input of {name}", input);
        if (_instances.GetValueOrDefault(id) is { } old) old.Generation = -1; // whatever is under way for it is nobody's any more
        var instance = new FakeInstance(name, id, input, Now, parent);
        instance.Inbox.Enqueue(new FakeFact(FakeFactKind.TurnStarted, 0));
        return _instances[id] = instance;
    }

    public void Raise(string id, string name, string json)
    {
        Weigh($"event {name}", json);
        if (Find(id) is { HasEnded: false } instance) instance.Inbox.Enqueue(new FakeFact(FakeFactKind.EventRaised, -1, Name: name, Json: json));
    }

    public void Terminate(string id, string? output, bool recursive)
    {
        if (Find(id) is not { HasEnded: false } instance) return;
        instance.Output = output;
        End(instance, OrchestrationRuntimeStatus.Terminated, new TaskFailureDetails("Terminated", output ?? "", null, null, null));
        if (recursive)
            foreach (var child in _instances.Values.Where(i => i.Parent is { } p && ReferenceEquals(p.Instance, instance)).ToList()) Terminate(child.Id, output, true);
    }

    public bool Purge(string id) => Find(id) is { HasEnded: true } && _instances.Remove(id);

    /// <summary>Works until nothing is ready at the present time.</summary>
    public async Task RunUntilIdleAsync()
    {
        while (true)
        {
            foreach (var due in _timers.Where(t => t.Due <= Now).OrderBy(t => t.Due).ToList())
            {
                _timers.Remove(due);
                due.Instance.Inbox.Enqueue(new FakeFact(FakeFactKind.TimerFired, due.Generation, due.Id));
            }
            var ready = _instances.Values.Where(i => !i.HasEnded && i.Inbox.Count > 0).ToList();
            foreach (var instance in ready) RunTurn(instance);
            var worked = ready.Count > 0;
            while (_activities.TryDequeue(out var activity))
            {
                worked = true;
                await RunActivityAsync(activity.Instance, activity.Generation, activity.Request);
            }
            if (!worked) return;
        }
    }

    private async Task RunActivityAsync(FakeInstance instance, int generation, FakeRequest request)
    {
        FakeFact fact;
        try
        {
            var output = await Act(request.Name, request.Json!);
            Weigh($"output of {request.Name}", output);
            fact = new FakeFact(FakeFactKind.Completed, generation, request.Id, Json: output);
        }
        catch (Exception e)
        {
            fact = new FakeFact(FakeFactKind.Failed, generation, request.Id, Failure: TaskFailureDetails.FromException(e));
        }
        instance.Inbox.Enqueue(fact);
    }

    private void RunTurn(FakeInstance instance)
    {
        var fresh = instance.Inbox.Where(f => f.Generation == instance.Generation || f.Kind == FakeFactKind.EventRaised).Where(f => f.Kind != FakeFactKind.TurnStarted).ToList();
        instance.Inbox.Clear();
        instance.Status = OrchestrationRuntimeStatus.Running;
        var begin = instance.History.Count;
        instance.History.Add(new FakeFact(FakeFactKind.TurnStarted, instance.Generation, Time: Now));
        instance.History.AddRange(fresh);

        var (context, turns) = (new FakeOrchestrationContext(instance, loggers), new FakeTurnContext());
        Task<string>? code = null;
        for (var i = 0; i < instance.History.Count; i++)
        {
            var fact = instance.History[i];
            context.Replaying = i < begin;
            if (fact.Kind != FakeFactKind.TurnStarted)
            {
                turns.Run(() => context.Deliver(fact));
                continue;
            }
            context.SetNow(fact.Time);
            if (code is null) turns.Run(() => code = Orchestrate(context));
        }
        if (context.NonDeterminism is { } wrong) throw new InvalidOperationException($"{instance.Id} is not deterministic: {wrong}");
        if (turns.WasLeft) throw new InvalidOperationException($"{instance.Id} left its turn.");
        instance.CustomStatus = context.CustomStatus ?? instance.CustomStatus;
        instance.Updated = Now;
        Commit(instance, context, code!);
    }

    private void Commit(FakeInstance instance, FakeOrchestrationContext context, Task<string> code)
    {
        var generation = instance.Generation;
        foreach (var request in context.New)
        {
            instance.Asked.Add(request.Id, request);
            Weigh($"input of {request.Name}", request.Json);
            switch (request.Kind)
            {
                case "activity": _activities.Enqueue((instance, generation, request)); break;
                case "timer": _timers.Add((request.Due, instance, generation, request.Id)); break;
                default: Start(request.Name, request.InstanceId!, request.Json, (instance, generation, request.Id)); break;
            }
        }
        _timers.RemoveAll(t => ReferenceEquals(t.Instance, instance) && t.Generation == generation && context.CancelledTimers.Contains(t.Id));
        if (context.Continued is { } next && code.IsCompletedSuccessfully)
        {
            (instance.Input, instance.Generation) = (next.Input, generation + 1);
            instance.History.Clear();
            instance.Asked.Clear();
            instance.Inbox.Enqueue(new FakeFact(FakeFactKind.TurnStarted, generation + 1));
        }
        else if (code.IsCompletedSuccessfully)
        {
            Weigh($"output of {instance.Name}", code.Result);
            instance.Output = JsonSerializer.Serialize(code.Result);
            End(instance, OrchestrationRuntimeStatus.Completed, null);
        }
        else if (code.IsCompleted)
        {
            End(instance, OrchestrationRuntimeStatus.Failed, TaskFailureDetails.FromException(code.Exception!.InnerException!));
        }
        foreach (var (to, name, json) in context.Sent) Raise(to, name, json);
    }

    private void End(FakeInstance instance, OrchestrationRuntimeStatus status, TaskFailureDetails? failure)
    {
        (instance.Status, instance.Failure, instance.Updated) = (status, status == OrchestrationRuntimeStatus.Failed ? failure : null, Now);
        _timers.RemoveAll(t => ReferenceEquals(t.Instance, instance));
        instance.Inbox.Clear();
        if (instance.Parent is not { } parent) return;
        parent.Instance.Inbox.Enqueue(failure is null
            ? new FakeFact(FakeFactKind.Completed, parent.Generation, parent.Call, Json: instance.Output)
            : new FakeFact(FakeFactKind.Failed, parent.Generation, parent.Call, Failure: failure));
    }

    private void Weigh(string what, string? json)
    {
        if (json is not null && System.Text.Encoding.UTF8.GetByteCount(json) is var bytes && bytes > Largest.Bytes) Largest = (what, bytes);
    }
}
