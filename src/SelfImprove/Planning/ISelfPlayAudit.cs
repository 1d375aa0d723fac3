using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Runs;

namespace SelfImprove.Planning;

/// <summary>Finds out how often the verifier of self-play is right, before it is believed. The data stage, which owns verifiers, implements it.</summary>
public interface ISelfPlayAudit
{
    /// <summary>
    /// Has the champion play on inputs whose right answers are known, and counts. A verifier that asks a model which gave those answers is no check on itself and
    /// isn't audited.
    /// </summary>
    /// <param name="run">The run and round.</param>
    /// <param name="look">Which look of the round asks: each is audited once.</param>
    /// <param name="manifest">The pinned manifest.</param>
    /// <param name="champion">The student that would play.</param>
    /// <param name="labelled">Store path of the labelled inputs, one <c>LabelledItem</c> a line, by <see cref="SamplePilot.TeacherOf"/>.</param>
    /// <param name="most">What it may cost at most, in USD.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The counts; null where there is no verifier, too little to audit it by, or too little money.</returns>
    Task<VerifierAudit?> AuditAsync(
        RunRef run, int look, AgentManifest manifest, AgentVersion champion, string labelled, decimal most, CancellationToken cancellationToken = default);
}
