using SelfImprove.Models;

namespace SelfImprove.Evaluation.Scoring.Services;

/// <summary>The port to services that score answers: the hosts bring HTTP, bounded as all that goes out is.</summary>
public interface IScoringService
{
    /// <summary>Scores answers.</summary>
    /// <param name="service">The service's name in the host's configuration.</param>
    /// <param name="questions">The answers, each with its id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A score in [0,1] for each question, in their order.</returns>
    /// <exception cref="Orchestration.TransientException">It is busy or not reachable now.</exception>
    /// <exception cref="InvalidDataException">It answered something else; the message says what was expected.</exception>
    /// <exception cref="ArgumentException">The host's configuration lists no such service.</exception>
    Task<IReadOnlyList<double>> ScoreAsync(string service, IReadOnlyList<ScoringQuestion> questions, CancellationToken cancellationToken = default);
}

/// <summary>An answer to score.</summary>
/// <param name="Id">Names it within its request.</param>
/// <param name="Input">The conversation that was answered.</param>
/// <param name="Expected">The right answer; null where the service needs none.</param>
/// <param name="Answer">The answer.</param>
public sealed record ScoringQuestion(string Id, IReadOnlyList<ChatMessage> Input, AgentOutput? Expected, AgentOutput Answer);
