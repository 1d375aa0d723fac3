using SelfImprove.Agents.Manifests;
using SelfImprove.Runs;

namespace SelfImprove.Evaluation;

/// <summary>The manifest that a run pinned at its start: what the administrator changes meanwhile concerns the next run.</summary>
public static class PinnedManifest
{
    /// <summary>The run's manifest.</summary>
    /// <exception cref="InvalidOperationException">There is no such revision.</exception>
    public static async ValueTask<AgentManifest> OfRunAsync(this ManifestStore manifests, RunRef run, CancellationToken cancellationToken = default) =>
        (await manifests.GetAsync(run.Agent, run.ManifestRevision, cancellationToken))?.Manifest
        ?? throw new InvalidOperationException($"Run {run.Run} pinned revision {run.ManifestRevision} of the manifest of {run.Agent}, which is not in the store.");
}
