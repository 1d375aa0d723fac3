using SelfImprove.Models;

namespace SelfImprove.Deployment.Shadow.Scoring;

/// <summary>Compares two answers to one request. Thread-safe.</summary>
internal interface IPairScorer
{
    /// <summary>What one comparison is stated to cost at most, in USD: charged before it is asked for.</summary>
    decimal PriceUsd { get; }

    /// <summary>Compares; what can't be asked or answered is no score, not an exception.</summary>
    /// <param name="salt">Names the pair.</param>
    /// <param name="input">The request.</param>
    /// <param name="champion">The champion's answer.</param>
    /// <param name="challenger">The challenger's, another one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<PairScore> ScoreAsync(string salt, IReadOnlyList<ChatMessage> input, AgentOutput champion, AgentOutput challenger, CancellationToken cancellationToken);
}

/// <summary>What a comparison gave.</summary>
/// <param name="Difference">By how much the challenger's answer is better, [-1,1]; null where nobody can tell.</param>
/// <param name="CostUsd">What it cost.</param>
/// <param name="Unscored">Why there is no difference.</param>
internal readonly record struct PairScore(double? Difference, decimal CostUsd, string? Unscored = null);
