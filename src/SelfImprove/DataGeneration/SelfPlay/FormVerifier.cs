using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>
/// Vouches for what the student proposes most often among the answers of the right form: a known label; a tool that exists, its arguments valid. It costs nothing,
/// and knows nothing of what is right: it helps a student that errs in the form, and teaches another one its own errors.
/// </summary>
/// <param name="task">What the agent does.</param>
/// <param name="checkArguments">Whether a tool's arguments must be valid; false for students that only choose the tool.</param>
public sealed class FormVerifier(TaskSettings task, bool checkArguments) : IProposalVerifier
{
    /// <inheritdoc/>
    public decimal PriceUsd => 0;

    /// <inheritdoc/>
    public Task<VerifierPick> PickAsync(string salt, IReadOnlyList<ChatMessage> input, IReadOnlyList<Proposal> proposals, CancellationToken cancellationToken) =>
        Task.FromResult(new VerifierPick(proposals.FirstOrDefault(p => OutputCheck.Problem(task, p.Output, checkArguments) is null)?.Output));
}
