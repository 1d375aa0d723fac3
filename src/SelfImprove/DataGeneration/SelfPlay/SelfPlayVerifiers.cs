using SelfImprove.Agents.Manifests;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>The verifier that a manifest gives rise to.</summary>
/// <param name="openJudges">Opens judges.</param>
public sealed class SelfPlayVerifiers(OpenJudges openJudges)
{
    /// <summary>
    /// The judges where there are some, else the form of labels or tool calls where the student writes them. Null where the form tells nothing: of free text
    /// anything has the right one, and the built-in student can't err in it. Whether a verifier knows enough to be learnt from is for its audit to say.
    /// </summary>
    /// <param name="manifest">The pinned manifest.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IProposalVerifier?> OpenAsync(AgentManifest manifest, CancellationToken cancellationToken = default) =>
        manifest.Evaluation.Judge is { } judge ? await openJudges(manifest, judge, SelfPlayTable.Tries, cancellationToken)
        : manifest.Task.Output == TaskOutput.Text || !StudentKnowledge.NeedsArguments(manifest) ? null
        : new FormVerifier(manifest.Task, checkArguments: true);
}
