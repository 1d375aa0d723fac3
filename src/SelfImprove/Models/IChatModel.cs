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
}
