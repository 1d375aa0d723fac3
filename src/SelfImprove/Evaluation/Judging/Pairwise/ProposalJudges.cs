using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Models;

namespace SelfImprove.Evaluation.Judging.Pairwise;

/// <summary>
/// Has the manifest's judges compare a student's proposals of the right form, each two in both orders, the winner against the next. Only an answer that a majority
/// preferred to all that it met is vouched for; where the student proposes one answer alone there is nothing to compare and nothing to learn.
/// </summary>
public sealed class ProposalJudges : IProposalVerifier
{
    // Judges compare answers; that nobody has scored them is what they are asked for.
    private static readonly AnswerScore NoScore = new(0, "", false, null, false, 0, 0);
    private static readonly ItemScore Unscored = new("", "", ItemScore.Unlabelled, false, false, [], NoScore, NoScore);

    private readonly TaskSettings _task;
    private readonly bool _checkArguments;
    private readonly IReadOnlyList<PairJudge> _judges;

    private ProposalJudges(AgentManifest manifest, IReadOnlyList<PairJudge> judges, decimal priceUsd) =>
        (_task, _checkArguments, _judges, PriceUsd) = (manifest.Task, StudentKnowledge.NeedsArguments(manifest), judges, priceUsd);

    /// <inheritdoc/>
    public decimal PriceUsd { get; }

    /// <summary>Opens the judges of the manifest.</summary>
    /// <param name="models">Opens their models.</param>
    /// <param name="manifest">The pinned manifest.</param>
    /// <param name="judge">Its judges.</param>
    /// <param name="proposals">How many different proposals there are at most; at least 2.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IProposalVerifier> OpenAsync(
        ModelCatalog models, AgentManifest manifest, JudgeSettings judge, int proposals, CancellationToken cancellationToken = default)
    {
        var text = new TaskSettings { Output = TaskOutput.Text };
        var judges = new List<PairJudge>();
        foreach (var model in judge.Models) judges.Add(new PairJudge(await models.OpenAsync(model, text, cancellationToken), manifest, judge));
        return new ProposalJudges(manifest, judges, judge.Price * judges.Count * PairJudge.Orders * (proposals - 1));
    }

    /// <inheritdoc/>
    public async Task<VerifierPick> PickAsync(string salt, IReadOnlyList<ChatMessage> input, IReadOnlyList<Proposal> proposals, CancellationToken cancellationToken)
    {
        var valid = proposals.Where(p => OutputCheck.Problem(_task, p.Output, _checkArguments) is null).Select(p => p.Output).ToList();
        if (valid.Count < 2) return new VerifierPick(null);
        var (best, isProven, cost) = (valid[0], true, 0m);
        for (var i = 1; i < valid.Count; i++)
        {
            var pair = new AnsweredItem(Unscored, input, best, valid[i]);
            var said = await Task.WhenAll(_judges.Select((judge, j) => judge.JudgeAsync($"{salt}/{i}/{j}", pair, cancellationToken)));
            cost += said.Sum(s => s.CostUsd);
            var (newer, older) = (said.Count(s => s.Verdict == PairVerdict.Candidate), said.Count(s => s.Verdict == PairVerdict.Champion));
            if (2 * newer > _judges.Count) (best, isProven) = (valid[i], true);
            else if (2 * older <= _judges.Count) isProven = false;
        }
        return new VerifierPick(isProven ? best : null, cost);
    }
}
