using System.Text.Json;
using Microsoft.DurableTask;

namespace SelfImprove.Functions.Engine;

/// <summary>
/// Hands out events first come, first served. The SDK keeps those who wait for a name as a stack, and a wait that was given up still takes the next event.
/// Here at most one wait of the SDK is open per name, whoever waits or gives up; what it brings goes to the reader that has waited longest,
/// or is kept for the next.
/// </summary>
internal sealed class EventDesk
{
    private readonly TaskOrchestrationContext _context;
    private readonly Dictionary<string, Line> _lines = new(StringComparer.OrdinalIgnoreCase);
    private bool _closed;

    public EventDesk(TaskOrchestrationContext context, IReadOnlyList<UnreadEvent>? unread)
    {
        _context = context;
        foreach (var kept in unread ?? []) LineOf(kept.Name).Unread.Enqueue(kept);
    }

    /// <summary>The payload's JSON of the next event of that name.</summary>
    public Task<string> ReadAsync(string name, CancellationToken stop)
    {
        if (stop.IsCancellationRequested) return Task.FromCanceled<string>(stop);
        var line = LineOf(name);
        if (line.Unread.TryDequeue(out var kept)) return Task.FromResult(kept.Payload);
        // Continuations run inline, on the orchestrator's own scheduler.
        var reader = line.Readers.AddLast(new TaskCompletionSource<string>());
        if (stop.CanBeCanceled) stop.UnsafeRegister(_ => GiveUp(line, reader, stop), null);
        if (!line.IsServed) _ = ServeAsync(line);
        return reader.Value.Task;
    }

    /// <summary>Gives what was taken and not read, by name and then in order. What comes from now on goes back to the instance's inbox.</summary>
    public IReadOnlyList<UnreadEvent> Close()
    {
        _closed = true;
        return [.. _lines.Values.SelectMany(l => l.Unread)];
    }

    private static void GiveUp(Line line, LinkedListNode<TaskCompletionSource<string>> reader, CancellationToken stop)
    {
        if (reader.List is null) return;
        line.Readers.Remove(reader);
        reader.Value.SetCanceled(stop);
    }

    private async Task ServeAsync(Line line)
    {
        line.IsServed = true;
        while (line.Readers.Count > 0)
        {
            var payload = await _context.WaitForExternalEvent<JsonElement>(line.Name);
            var json = payload.ValueKind == JsonValueKind.Undefined ? "null" : payload.GetRawText();
            if (_closed)
            {
                _context.SendEvent(_context.InstanceId, line.Name, payload);
            }
            else if (line.Readers.First is { } reader)
            {
                line.Readers.RemoveFirst();
                reader.Value.SetResult(json);
            }
            else
            {
                line.Unread.Enqueue(new UnreadEvent(line.Name, json));
            }
        }
        line.IsServed = false;
    }

    private Line LineOf(string name)
    {
        if (!_lines.TryGetValue(name, out var line)) _lines.Add(name, line = new Line(name));
        return line;
    }

    private sealed class Line(string name)
    {
        public string Name { get; } = name;
        public LinkedList<TaskCompletionSource<string>> Readers { get; } = [];
        public Queue<UnreadEvent> Unread { get; } = [];

        /// <summary>Whether a wait of the SDK's is open.</summary>
        public bool IsServed { get; set; }
    }
}
