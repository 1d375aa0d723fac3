namespace SelfImprove.Agents.Manifests;

/// <summary>One immutable revision of an agent's manifest.</summary>
/// <param name="Revision">Its number within the agent, from 1.</param>
/// <param name="CreatedAt">When it was put.</param>
/// <param name="Manifest">The manifest.</param>
public sealed record ManifestRevision(int Revision, DateTimeOffset CreatedAt, AgentManifest Manifest);
