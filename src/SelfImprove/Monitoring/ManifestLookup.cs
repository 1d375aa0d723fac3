using SelfImprove.Agents.Manifests;

namespace SelfImprove.Monitoring;

/// <summary>Finds an agent's manifest in effect; null where there is no such agent. Called often: expected to cache.</summary>
/// <param name="agent">The agent's name.</param>
/// <param name="cancellationToken">Cancels.</param>
public delegate ValueTask<AgentManifest?> ManifestLookup(string agent, CancellationToken cancellationToken);
