namespace SelfImprove.Runs;

/// <summary>The input of <c>ImprovementLoop</c>.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Run">The run's id; also the orchestration instance's.</param>
/// <param name="Cause">Why it was started.</param>
public sealed record ImprovementInput(string Agent, string Run, ImprovementCause Cause);
