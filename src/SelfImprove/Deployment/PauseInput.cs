using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>The input of <see cref="PauseAgent"/>.</summary>
/// <param name="Run">The run.</param>
/// <param name="Until">When the agent is expected back: callers are told to come again then.</param>
public sealed record PauseInput(RunRef Run, DateTimeOffset Until);
