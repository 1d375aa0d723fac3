using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Labelling.Teachers;
using SelfImprove.Evaluation.Evaluators;
using SelfImprove.Models;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Shadow.Scoring;

/// <summary>A teacher is asked what is right; both answers are held against that by the manifest's evaluator.</summary>
/// <param name="manifest">The run's manifest.</param>
/// <param name="teacher">The teacher.</param>
/// <param name="models">Opens it, or its members.</param>
internal sealed class TeacherPairScorer(AgentManifest manifest, string teacher, ModelCatalog models) : IPairScorer
{
    private const int Tries = 3;
    private static readonly Dictionary<string, TeacherAnswer> Nothing = [];

    private readonly TeacherRules _rules = new(manifest, teacher);
    private readonly IAnswerMeasure _evaluator = AnswerEvaluators.MeasureOf(manifest);

    /// <summary>The first of a cascade is always asked, all of a panel: what further ones cost is booked after.</summary>
    public decimal PriceUsd => _rules.PricePerItem + (_rules.Next(Nothing) is TeacherStep.Ask { Teacher: var first } ? first.Price : 0);

    public async Task<PairScore> ScoreAsync(
        string salt, IReadOnlyList<ChatMessage> input, AgentOutput champion, AgentOutput challenger, CancellationToken cancellationToken)
    {
        var item = new LabelItem(salt, input, champion.Decision);
        var answers = new Dictionary<string, TeacherAnswer>(StringComparer.Ordinal);
        var cost = _rules.PricePerItem;
        while (true)
        {
            switch (_rules.Next(answers))
            {
                case TeacherStep.Ask { Teacher: { Kind: TeacherKind.Model, Deploy: null, Model: { } reference } asked }:
                    var answer = await AskAsync(asked, reference, item, cancellationToken);
                    cost += answer.PriceUsd;
                    answers[asked.Name] = answer;
                    break;
                case TeacherStep.Ask { Teacher: var absent }:
                    // People take days, and what a run deploys is gone by now: as if it had declined.
                    answers[absent.Name] = new TeacherAnswer(item.Id, absent.Name, null, $"teacher:{absent.Name}", null, 0, $"{absent.Name} can't answer at once");
                    break;
                case TeacherStep.Refused refused:
                    return new PairScore(null, cost, refused.Why);
                case TeacherStep.Answered { Answer.Output: { } right }:
                    return OutputCheck.Problem(manifest.Task, right, StudentKnowledge.NeedsArguments(manifest)) is { } problem
                        ? new PairScore(null, cost, $"{teacher}'s own answer is none: {problem}")
                        : new PairScore(_evaluator.Score(right, challenger) - _evaluator.Score(right, champion), cost);
                default:
                    return new PairScore(null, cost, $"{teacher} gave no answer");
            }
        }
    }

    private async Task<TeacherAnswer> AskAsync(TeacherSettings asked, string reference, LabelItem item, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var model = await models.OpenAsync(reference, manifest.Task, cancellationToken);
                return TeacherPrompt.Read(manifest.Task, asked, item, await model.AnswerAsync(TeacherPrompt.Ask(manifest, asked, item), cancellationToken));
            }
            catch (TransientException) when (attempt < Tries)
            {
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                return new TeacherAnswer(item.Id, asked.Name, null, $"teacher:{asked.Name}", null, 0, $"{asked.Name} failed: {e.Message}");
            }
        }
    }
}
