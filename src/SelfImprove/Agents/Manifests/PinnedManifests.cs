using SelfImprove.Runs;

namespace SelfImprove.Agents.Manifests;

/// <summary>The manifest revision that a run pinned at its start.</summary>
/// <param name="manifests">All revisions.</param>
public sealed class PinnedManifests(ManifestStore manifests)
{
    /// <summary>The run's manifest.</summary>
    /// <exception cref="InvalidOperationException">There is no such revision.</exception>
    public async ValueTask<AgentManifest> GetAsync(RunRef run, CancellationToken cancellationToken = default) =>
        (await manifests.GetAsync(run.Agent, run.ManifestRevision, cancellationToken))?.Manifest
        ?? throw new InvalidOperationException(
            $"Agent {run.Agent} has no manifest revision {run.ManifestRevision}, which run {run.Run} pinned. Revisions are never deleted: is this another store than the run's?");
}
