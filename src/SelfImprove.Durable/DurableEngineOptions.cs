namespace SelfImprove.Durable;

/// <summary>Options of the embedded engine.</summary>
public sealed class DurableEngineOptions
{
    /// <summary>The SQLite file; its folder is created. A lock file lies beside it. Required.</summary>
    public string FilePath { get; set; } = "";

    /// <summary>How many activities run at once, at least 1. Default 16.</summary>
    public int MaxConcurrentActivities { get; set; } = 16;

    /// <summary>How many instances keep their code's state in memory between turns, at least 1; others replay their history. Default 2,000.</summary>
    public int MaxWarmInstances { get; set; } = 2_000;

    /// <summary>Forgets every instance's state after every turn, so that each turn replays the whole history. For tests. Default false.</summary>
    public bool AlwaysReplay { get; set; }

    /// <summary>
    /// The engine does nothing by itself: <see cref="DurableEngine.RunUntilIdleAsync"/> drives it. For lock-step simulation and tests. Default false.
    /// </summary>
    public bool Manual { get; set; }

    /// <summary>
    /// Commits don't wait for stable storage: a power cut, not the process's end, may lose the last of them or damage the file. For simulations whose file is
    /// thrown away. Default false.
    /// </summary>
    public bool Unsynced { get; set; }

    /// <summary>
    /// Called around every commit with its number, from 1 since the engine was opened. An exception from it is a failed commit. For fault tests. Default none.
    /// </summary>
    public Action<long, CommitPhase>? CommitProbe { get; set; }

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(FilePath))
            throw new ArgumentException("DurableEngineOptions.FilePath is empty; the path of the engine's SQLite file is expected.");
        if (MaxConcurrentActivities < 1)
            throw new ArgumentException($"DurableEngineOptions.MaxConcurrentActivities is {MaxConcurrentActivities}; at least 1 is expected.");
        if (MaxWarmInstances < 1)
            throw new ArgumentException($"DurableEngineOptions.MaxWarmInstances is {MaxWarmInstances}; at least 1 is expected.");
    }
}
