using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>What a turn did, put into memory and rows.</summary>
internal sealed partial class EngineState
{
    /// <summary>Writes what a turn did.</summary>
    public void Apply(Instance instance, TurnResult turn)
    {
        if (turn.ParkedBecause is { } reason)
        {
            instance.Status = OrchestrationStatus.Parked;
            instance.IsParked = true;
            store.UpdateInstance(instance, Now, new Failure("Parked", reason, false));
            warm.Drop(instance);
            return;
        }
        instance.Status = OrchestrationStatus.Running;
        instance.Input = null;
        instance.CustomStatus = turn.CustomStatus;
        foreach (var item in instance.Inbox)
        {
            if (item.Seq > 0)
                store.DeleteMessage(item.Seq);
        }
        instance.Inbox.Clear();
        if (turn.RestartInput is { } input)
        {
            ForgetTimers(instance);
            (instance.Execution, instance.NextTurn) = (turn.Execution, 0);
            store.RestartInstance(instance, input);
        }
        if (turn.Events.Count > 0)
        {
            store.InsertTurn(instance, turn.At, turn.Events);
            instance.NextTurn++;
        }
        if (turn.End is { } end)
        {
            foreach (var request in turn.Events)
            {
                if (request.Kind == HistoryEventKind.ChildScheduled)
                    StartChild(instance, request);
            }
            End(instance, end.Failure is null ? OrchestrationStatus.Completed : OrchestrationStatus.Failed, end);
            TellParent(instance, end);
            return;
        }
        foreach (var request in turn.Events)
            Grant(instance, request);
        store.UpdateInstance(instance, Now, null);
        warm.Touch(instance);
    }

    private void Grant(Instance instance, HistoryEvent request)
    {
        switch (request.Kind)
        {
            case HistoryEventKind.ActivityScheduled:
                instance.Tasks.Add(request.Call);
                store.InsertTask(instance, request.Call, request.Name!, request.Data!);
                var key = new TaskKey(instance.Key, instance.Execution, request.Call);
                _dispatch.Add(new ActivityWork(key, new ActivityCall(instance.Id, request.Name!, request.Data!)));
                break;
            case HistoryEventKind.ChildScheduled:
                StartChild(instance, request);
                break;
            case HistoryEventKind.TimerCreated:
                var fired = new HistoryEvent(HistoryEventKind.TimerFired) { Call = request.Call };
                store.InsertMessage(++_lastSeq, instance, request.Due, fired);
                instance.Timers.Add(request.Call, _lastSeq);
                Timers.Add(_lastSeq, request.Due!.Value, instance, fired);
                break;
            case HistoryEventKind.TimerCancelled when instance.Timers.Remove(request.Call, out var seq):
                store.DeleteMessage(seq);
                Timers.Remove(seq);
                break;
        }
    }

    private void StartChild(Instance parent, HistoryEvent request)
    {
        if (Start(request.Name!, request.InstanceId!, request.Data!, new ParentCall(parent.Key, parent.Execution, request.Call)))
            return;
        Give(parent, ResultOf(request.Call, CallOutcome.Of(new Failure(
            "InstanceIdTaken",
            $"The id '{request.InstanceId}' of the child '{request.Name}' is taken by another instance. Give each child an id of its own: parent, stage and round.",
            false))));
    }
}
