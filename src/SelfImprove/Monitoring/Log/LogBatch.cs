namespace SelfImprove.Monitoring.Log;

/// <summary>Bytes that share a flush, and the task that all their callers await. Guarded by its lane's lock until taken.</summary>
internal sealed class LogBatch
{
    private byte[] _bytes = new byte[16 * 1024];
    private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;
    public int Length { get; private set; }
    public int Posted { get; private set; }
    public bool Taken { get; set; }
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Length);
    public bool Reusable => _bytes.Length <= 8 * 1024 * 1024;

    public void Add(ReadOnlySpan<byte> bytes, int posted)
    {
        if (Length + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        Posted += posted;
    }

    public void Complete(Exception? error)
    {
        if (error is null)
        {
            _done.SetResult();
            return;
        }
        _done.SetException(error);
        _ = _done.Task.Exception; // Observed: nobody may be waiting for posted events.
    }

    public void Reset()
    {
        if (!_done.Task.IsCompleted) return;
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (Length, Posted, Taken) = (0, 0, false);
    }
}
