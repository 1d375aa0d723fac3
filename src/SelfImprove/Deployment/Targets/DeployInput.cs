using SelfImprove.Runs;

namespace SelfImprove.Deployment.Targets;

/// <summary>The input of <c>DeployVersion</c>.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Version">The version.</param>
/// <param name="Run">The run that wants it, which pins the manifest and pays; null where a person does, by the present manifest.</param>
public sealed record DeployInput(string Agent, string Version, RunRef? Run = null);

/// <summary>The output of <c>DeployVersion</c>.</summary>
/// <param name="Serving">The model reference that the version answers under; null where it does not.</param>
/// <param name="Failure">Why it does not, and what to do.</param>
public sealed record DeployOutput(string? Serving, string? Failure);
