using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Models;

namespace SelfImprove.Deployment.Shadow.Scoring;

/// <summary>The evaluation's judges: each is asked in both orders, the majority counts.</summary>
internal sealed class JudgePairScorer(IReadOnlyList<PairJudge> judges, JudgeSettings settings) : IPairScorer
{
    private static readonly AnswerScore NoScore = new(0, "", false, null, false, 0, 0);

    public decimal PriceUsd => settings.Price * judges.Count * PairJudge.Orders;

    public async Task<PairScore> ScoreAsync(
        string salt, IReadOnlyList<ChatMessage> input, AgentOutput champion, AgentOutput challenger, CancellationToken cancellationToken)
    {
        var item = new AnsweredItem(new ItemScore(salt, "", ItemScore.Unlabelled, false, false, [], NoScore, NoScore), input, champion, challenger);
        var said = await Task.WhenAll(judges.Select((judge, i) => judge.JudgeAsync($"{salt}/{i}", item, cancellationToken)));
        var cost = said.Sum(s => s.CostUsd);
        return JudgedPair.Majority([.. said.Select(s => s.Verdict)]) switch
        {
            PairVerdict.Candidate => new PairScore(1, cost),
            PairVerdict.Champion => new PairScore(-1, cost),
            PairVerdict.Tie => new PairScore(0, cost),
            _ => new PairScore(null, cost, "no judge gave a usable verdict"),
        };
    }
}
