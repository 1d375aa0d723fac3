namespace SelfImprove.Models;

/// <summary>A model that answers: a student, a teacher or a judge. Thread-safe.</summary>
public interface IChatModel
{
    /// <summary>Answers one request.</summary>
    /// <exception cref="SelfImprove.Orchestration.TransientException">It may answer later.</exception>
    Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default);
}
