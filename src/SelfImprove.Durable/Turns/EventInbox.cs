namespace SelfImprove.Durable;

/// <summary>Events that wait for their reader, and readers that wait for their event. First come, first served; names without case.</summary>
internal sealed class EventInbox
{
    private readonly List<(int Call, string Name, TaskCompletionSource<string> Source)> _readers = [];
    private readonly List<HistoryEvent> _unread = [];

    public bool HasReaders => _readers.Count > 0;

    public IReadOnlyList<HistoryEvent> Unread => _unread;

    public void Add(HistoryEvent received)
    {
        var index = _readers.FindIndex(reader => Same(reader.Name, received.Name!));
        if (index < 0)
        {
            _unread.Add(received);
            return;
        }
        var source = _readers[index].Source;
        _readers.RemoveAt(index);
        source.SetResult(received.Data!);
    }

    public Task<string> Read(int call, string name, out bool isWaiting)
    {
        var index = _unread.FindIndex(item => Same(item.Name!, name));
        isWaiting = index < 0;
        if (!isWaiting)
        {
            var data = _unread[index].Data!;
            _unread.RemoveAt(index);
            return Task.FromResult(data);
        }
        var source = new TaskCompletionSource<string>();
        _readers.Add((call, name, source));
        return source.Task;
    }

    public TaskCompletionSource<string>? Forget(int call)
    {
        var index = _readers.FindIndex(reader => reader.Call == call);
        if (index < 0)
            return null;
        var source = _readers[index].Source;
        _readers.RemoveAt(index);
        return source;
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
