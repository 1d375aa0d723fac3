namespace SelfImprove.Runs;

/// <summary>The run may not act any more: a person cancelled it. The orchestration closes it and cleans up.</summary>
/// <param name="message">Which run, by whom, and why.</param>
public sealed class RunEndedException(string message) : Exception(message);
