using SelfImprove.Runs;

namespace SelfImprove.Agents.Manifests;

/// <summary>The manifest that a run is pinned to.</summary>
public static class PinnedManifest
{
    /// <summary>The revision that the run started with, whatever was put since.</summary>
    /// <exception cref="InvalidOperationException">The revision is gone.</exception>
    public static async ValueTask<AgentManifest> PinnedAsync(this ManifestStore manifests, RunRef run, CancellationToken cancellationToken = default) =>
        (await manifests.GetAsync(run.Agent, run.ManifestRevision, cancellationToken))?.Manifest
        ?? throw new InvalidOperationException($"Run {run.Run} is pinned to manifest revision {run.ManifestRevision} of {run.Agent}, which is not in the store.");
}
