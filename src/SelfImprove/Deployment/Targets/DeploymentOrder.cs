namespace SelfImprove.Deployment.Targets;

/// <summary>What is to be deployed, and how.</summary>
/// <param name="Agent">The agent: one endpoint each, where the target has endpoints.</param>
/// <param name="Version">The version: one deployment each.</param>
/// <param name="Model">The version's model reference.</param>
/// <param name="Profile">The host-approved profile (machine, size, probes); null for the target's only one.</param>
public sealed record DeploymentOrder(string Agent, string Version, string Model, string? Profile);
