using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Models;

/// <summary>A model that answers: a student, a teacher or a judge. Thread-safe.</summary>
public interface IChatModel
{
    /// <summary>Answers one request.</summary>
    /// <exception cref="SelfImprove.Orchestration.TransientException">It may answer later.</exception>
    Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Answers one request piece by piece, as the model writes. A model that can't stream gives its whole answer at once, then the end. Breaking off the
    /// enumeration, or cancelling, ends the call.
    /// </summary>
    /// <exception cref="SelfImprove.Orchestration.TransientException">It may answer later. What came before stays valid, but the answer is incomplete.</exception>
    IAsyncEnumerable<AnswerPiece> StreamAsync(ModelRequest request, CancellationToken cancellationToken = default) =>
        AnswerStream.WholeAsync(this, request, cancellationToken);

    /// <summary>
    /// Answers one request several times: first as it does when it serves, then as likely as its probabilities have it. A model that can't tell its probabilities is
    /// asked again and again; what it declines to answer is left out.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="times">How often, at least 1.</param>
    /// <param name="random">Draws, where probabilities are known.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>At most so many answers, the one that it serves first; what the declined ones cost is added to the others.</returns>
    /// <exception cref="SelfImprove.Orchestration.TransientException">It may answer later.</exception>
    Task<IReadOnlyList<ModelAnswer>> SampleAsync(ModelRequest request, int times, SeededRandom random, CancellationToken cancellationToken = default) =>
        RepeatedAnswers.AskAsync(this, request, times, cancellationToken);
}
