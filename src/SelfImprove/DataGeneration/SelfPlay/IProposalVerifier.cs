using SelfImprove.Models;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>Tells which of a student's proposals may be learnt from: by their form, or by a judge. How often it is right is audited before it is believed.</summary>
public interface IProposalVerifier
{
    /// <summary>The most that one input costs, in USD; charged before it is asked.</summary>
    decimal PriceUsd { get; }

    /// <summary>Picks a proposal, or none.</summary>
    /// <param name="salt">The item: what an order or a cache may hang on.</param>
    /// <param name="input">What was asked.</param>
    /// <param name="proposals">Different answers, the most often proposed first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<VerifierPick> PickAsync(string salt, IReadOnlyList<ChatMessage> input, IReadOnlyList<Proposal> proposals, CancellationToken cancellationToken);
}
