namespace SelfImprove.Durable;

/// <summary>Another process (or another engine of this one) has the engine's file open. One engine owns a file at a time.</summary>
/// <param name="filePath">The engine's file.</param>
/// <param name="owner">Who has it, as far as known: a process id.</param>
public sealed class DurableEngineLockedException(string filePath, string? owner)
    : Exception($"The durable engine at '{filePath}' is in use by {(owner is null ? "another process" : $"process {owner}")}. "
        + "Stop that one first, or use another folder.")
{
    /// <summary>The engine's file.</summary>
    public string FilePath { get; } = filePath;

    /// <summary>The id of the process that has it; null where unknown.</summary>
    public string? Owner { get; } = owner;
}
