using SelfImprove.Models;
using SelfImprove.Monitoring.Critic;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Shadow.Scoring;

/// <summary>The critic's model scores each answer by itself, 1 to 5, without knowing whose it is.</summary>
internal sealed class CriticPairScorer(IChatModel model, CriticQuestion question, decimal price) : IPairScorer
{
    private const int Answers = 2;

    public decimal PriceUsd => price * Answers;

    public async Task<PairScore> ScoreAsync(
        string salt, IReadOnlyList<ChatMessage> input, AgentOutput champion, AgentOutput challenger, CancellationToken cancellationToken)
    {
        try
        {
            var said = await Task.WhenAll(
                question.AskAsync(model, $"{salt}/1", input, champion, cancellationToken), question.AskAsync(model, $"{salt}/2", input, challenger, cancellationToken));
            var cost = said.Sum(s => s.CostUsd);
            return said is [{ Score: { } one }, { Score: { } two }]
                ? new PairScore((two.Score - one.Score) / (double)(CriticScore.Best - CriticScore.Worst), cost)
                : new PairScore(null, cost, "the critic's answer was unusable");
        }
        catch (TransientException busy)
        {
            return new PairScore(null, 0, $"the critic could not be asked: {busy.Message}");
        }
    }
}
