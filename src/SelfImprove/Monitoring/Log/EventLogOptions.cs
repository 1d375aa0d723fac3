namespace SelfImprove.Monitoring.Log;

/// <summary>How a process writes its event log.</summary>
public sealed record EventLogOptions
{
    /// <summary>How long an append waits for others to share its flush. Zero (a local disk): a flush starts as soon as the one before ended. Blob: 100 ms.</summary>
    public TimeSpan FlushWindow { get; init; } = TimeSpan.Zero;

    /// <summary>How soon an event that was posted, not awaited, is flushed at the latest.</summary>
    public TimeSpan PostWindow { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Appends after which a segment is left for the next one; Azure append blobs end at 50,000.</summary>
    public int AppendsPerSegment { get; init; } = 40_000;

    /// <summary>The most bytes that may wait for a flush, per agent; beyond, appends are refused with <see cref="EventLogFullException"/>.</summary>
    public int MaxWaitingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most bytes of one flush; more are flushed by the next one. Azure append blocks end at 4 MiB.</summary>
    public int MaxFlushBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How often a failed flush is tried before its callers get the error.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait before the second attempt; doubles with each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);
}
