namespace SelfImprove.Runs;

/// <summary>The run may not act any more: it was cancelled, or another run holds the agent. The orchestration closes it and cleans up.</summary>
/// <param name="message">Which run, and why.</param>
/// <param name="cancelled">Whether a person cancelled it.</param>
public sealed class RunEndedException(string message, bool cancelled) : Exception(message)
{
    /// <summary>Whether a person cancelled it; otherwise its lease went to another run.</summary>
    public bool Cancelled { get; } = cancelled;
}
