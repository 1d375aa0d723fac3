using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>
/// All live instances in memory, and every change to them with the rows it writes. Memory and transaction change together; after a failed commit the whole
/// state is thrown away and loaded again. Owned by one step at a time.
/// </summary>
internal sealed partial class EngineState(SqliteStore store, ActivityPool pool, WarmCache warm)
{
    private readonly Dictionary<string, Instance> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Instance> _byKey = [];
    private readonly Queue<Instance> _ready = new();
    private readonly HashSet<Instance> _unsaved = [];
    private readonly List<ActivityWork> _dispatch = [];
    private readonly List<string> _ended = [];
    private long _lastKey;
    private long _lastSeq;

    public TimerQueue Timers { get; } = new();

    /// <summary>The time of this step.</summary>
    public DateTimeOffset Now { get; set; }

    public bool HasReady => _ready.Count > 0;

    /// <summary>Starts afresh from the file.</summary>
    public void Load()
    {
        warm.Clear();
        pool.ClearQueue();
        _byId.Clear();
        _byKey.Clear();
        _ready.Clear();
        _unsaved.Clear();
        _dispatch.Clear();
        _ended.Clear();
        Timers.Clear();
        var snapshot = store.ReadAll();
        (_lastKey, _lastSeq) = (snapshot.LastKey, snapshot.LastSeq);
        foreach (var instance in snapshot.Instances)
            AddLive(instance);
        foreach (var message in snapshot.Messages)
        {
            if (!_byKey.TryGetValue(message.Instance, out var instance))
                continue;
            if (message.Due is { } due)
            {
                Timers.Add(message.Seq, due, instance, message.Body);
                instance.Timers.Add(message.Body.Call, message.Seq);
            }
            else
                instance.Inbox.Add(new Unread(message.Seq, message.Body));
        }
        foreach (var task in snapshot.Tasks)
        {
            if (!_byKey.TryGetValue(task.Instance, out var instance))
                continue;
            instance.Tasks.Add(task.Call);
            _dispatch.Add(new ActivityWork(new TaskKey(task.Instance, task.Execution, task.Call), new ActivityCall(instance.Id, task.Activity, task.Input)));
        }
        foreach (var instance in snapshot.Instances)
        {
            // Parked ones are tried again with every start: a fixed build may have been deployed.
            if (instance.Status is OrchestrationStatus.Parked or OrchestrationStatus.Pending || instance.Inbox.Count > 0)
                Enqueue(instance);
        }
    }

    public bool Start(string orchestrator, string id, string input, ParentCall? parent)
    {
        if (_byId.ContainsKey(id))
            return false;
        var instance = new Instance(_lastKey + 1, id, orchestrator, parent, input);
        if (!store.InsertInstance(instance, Now))
            return false;
        _lastKey++;
        AddLive(instance);
        Enqueue(instance);
        return true;
    }

    public bool Raise(string id, HistoryEvent received)
    {
        if (!_byId.TryGetValue(id, out var instance))
            return false;
        Give(instance, received);
        return true;
    }

    public bool Terminate(string id, string reason)
    {
        if (!_byId.TryGetValue(id, out var top))
            return false;
        var failure = new Failure("Terminated", reason, false);
        TerminateTree(top, failure);
        TellParent(top, CallOutcome.Of(failure with { Message = $"Instance '{id}' was terminated: {reason}" }));
        return true;
    }

    public int Purge(DateTimeOffset endedBefore, int limit) => store.Purge(endedBefore, limit);

    public void FireTimers()
    {
        while (Timers.TryTakeDue(Now, out var due))
        {
            due.Instance.Timers.Remove(due.Fired.Call);
            due.Instance.Inbox.Add(new Unread(due.Seq, due.Fired));
            Enqueue(due.Instance);
        }
    }

    public void Take(ActivityDone done)
    {
        if (!_byKey.TryGetValue(done.Key.Instance, out var instance) || instance.Execution != done.Key.Execution || !instance.Tasks.Remove(done.Key.Call))
            return;
        store.DeleteTask(instance, done.Key.Call);
        Give(instance, ResultOf(done.Key.Call, done.Outcome));
    }

    /// <summary>The next instance with something to read; false where there is none.</summary>
    public bool TryTakeReady(out Instance instance)
    {
        while (_ready.TryDequeue(out instance!))
        {
            instance.IsQueued = false;
            if (!instance.HasEnded)
                return true;
        }
        return false;
    }

    /// <summary>Gives every fact that its instance has not read in this step a row.</summary>
    public void SaveUnread()
    {
        foreach (var instance in _unsaved)
        {
            if (instance.HasEnded)
                continue;
            for (var i = 0; i < instance.Inbox.Count; i++)
            {
                if (instance.Inbox[i] is not { Seq: 0, Fact: var fact })
                    continue;
                store.InsertMessage(++_lastSeq, instance, null, fact);
                instance.Inbox[i] = new Unread(_lastSeq, fact);
            }
        }
        _unsaved.Clear();
    }

    /// <summary>After the commit: hands the new activity calls to the pool; gives the ids of the instances that ended.</summary>
    public IReadOnlyList<string> Publish()
    {
        foreach (var work in _dispatch)
            pool.Enqueue(work);
        _dispatch.Clear();
        if (_ended.Count == 0)
            return [];
        var ended = _ended.ToArray();
        _ended.Clear();
        return ended;
    }

    private void Give(Instance instance, HistoryEvent fact)
    {
        instance.Inbox.Add(new Unread(0, fact));
        _unsaved.Add(instance);
        Enqueue(instance);
    }

    private void Enqueue(Instance instance)
    {
        if (instance.IsQueued || instance.IsParked)
            return;
        instance.IsQueued = true;
        _ready.Enqueue(instance);
    }

    private void TellParent(Instance child, CallOutcome outcome)
    {
        if (child.Parent is { } call && _byKey.TryGetValue(call.Key, out var parent) && parent.Execution == call.Execution)
            Give(parent, ResultOf(call.Call, outcome));
    }

    private void TerminateTree(Instance top, Failure failure)
    {
        var tree = new Stack<Instance>([top]);
        while (tree.TryPop(out var instance))
        {
            foreach (var child in instance.Children)
                tree.Push(child);
            foreach (var item in instance.Inbox)
            {
                if (item.Seq > 0)
                    store.DeleteMessage(item.Seq);
            }
            End(instance, OrchestrationStatus.Terminated, CallOutcome.Of(failure));
        }
    }

    private void End(Instance instance, OrchestrationStatus status, CallOutcome outcome)
    {
        instance.Status = status;
        instance.HasEnded = true;
        store.EndInstance(instance, Now, outcome);
        foreach (var call in instance.Tasks)
            pool.Forget(new TaskKey(instance.Key, instance.Execution, call));
        ForgetTimers(instance);
        warm.Drop(instance);
        _byId.Remove(instance.Id);
        _byKey.Remove(instance.Key);
        if (instance.Parent is { } owner && _byKey.TryGetValue(owner.Key, out var parent))
            parent.Children.Remove(instance);
        _ended.Add(instance.Id);
    }

    private void ForgetTimers(Instance instance)
    {
        foreach (var seq in instance.Timers.Values)
        {
            store.DeleteMessage(seq);
            Timers.Remove(seq);
        }
        instance.Timers.Clear();
    }

    private void AddLive(Instance instance)
    {
        _byId.Add(instance.Id, instance);
        _byKey.Add(instance.Key, instance);
        if (instance.Parent is { } call && _byKey.TryGetValue(call.Key, out var parent))
            parent.Children.Add(instance);
    }

    private static HistoryEvent ResultOf(int call, CallOutcome outcome) => outcome.Failure is { } failure
        ? new HistoryEvent(HistoryEventKind.CallFailed) { Call = call, Failure = failure }
        : new HistoryEvent(HistoryEventKind.CallCompleted) { Call = call, Data = outcome.Value };
}
