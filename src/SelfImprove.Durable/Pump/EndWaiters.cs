namespace SelfImprove.Durable;

/// <summary>Who waits for which instance's end.</summary>
internal sealed class EndWaiters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<TaskCompletionSource>> _byId = new(StringComparer.Ordinal);

    public TaskCompletionSource Register(string instanceId)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_byId.TryGetValue(instanceId, out var waiters))
                _byId.Add(instanceId, waiters = []);
            waiters.Add(waiter);
        }
        return waiter;
    }

    public void Forget(string instanceId, TaskCompletionSource waiter)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(instanceId, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
                _byId.Remove(instanceId);
        }
    }

    public void Ended(string instanceId)
    {
        lock (_gate)
        {
            if (!_byId.Remove(instanceId, out var waiters))
                return;
            foreach (var waiter in waiters)
                waiter.TrySetResult();
        }
    }

    public void FailAll(Exception reason)
    {
        lock (_gate)
        {
            foreach (var waiter in _byId.Values.SelectMany(waiters => waiters))
                waiter.TrySetException(reason);
            _byId.Clear();
        }
    }
}
