using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Models;
using SelfImprove.Monitoring.Critic;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Deployment.Shadow.Scoring;

/// <summary>Finds who compares the answers of a shadow stage.</summary>
/// <param name="documents">Has the evaluation's report: whether judges may decide.</param>
/// <param name="models">Opens models.</param>
public sealed class PairScorers(JsonDocuments documents, ModelCatalog models)
{
    private static readonly TaskSettings FreeText = new() { Output = TaskOutput.Text };

    /// <summary>
    /// Who compares, by the manifest. Judges do only where people bore them out in this round's evaluation: what they say counts as little here as there. A teacher that
    /// taught the candidate sees none of its own errors in it, so it may miss harm; it does not invent any.
    /// </summary>
    public async Task<ShadowScorer> ChooseAsync(RunRef run, AgentManifest manifest, CancellationToken cancellationToken)
    {
        var settings = manifest.Deployment.Rollout.Shadow;
        string? why = null;
        if (settings.Scorer is "judge" or "auto" && manifest.Evaluation.Judge is not null)
        {
            var judges = (await documents.ReadAsync<EvaluationReport>(run.Path("report", "json"), cancellationToken))?.Value.Judges;
            if (judges is { MayDecide: true }) return new ShadowScorer(ShadowScorerKind.Judge);
            why = $"the judges are not asked: {judges?.Words ?? "nothing is known of their agreement with people"}";
        }
        if (settings.Scorer is "critic" or "auto" && manifest.Critic.Judge is not null) return new ShadowScorer(ShadowScorerKind.Critic, null, why);
        if (settings.Scorer is "teacher" or "auto" && (settings.Teacher ?? ShadowTeachers.DefaultOf(manifest)) is { } teacher)
            return new ShadowScorer(ShadowScorerKind.Teacher, teacher, why);
        return new ShadowScorer(ShadowScorerKind.None, null, why ?? (settings.Scorer == "auto" ? "there is no judge, no critic with a model and no teacher that is one: nobody compares the answers" : null));
    }

    /// <summary>Opens a scorer; null for nobody.</summary>
    internal async Task<IPairScorer?> OpenAsync(AgentManifest manifest, ShadowScorer scorer, CancellationToken cancellationToken)
    {
        switch (scorer.Kind)
        {
            case ShadowScorerKind.Judge when manifest.Evaluation.Judge is { } settings:
                var judges = new List<PairJudge>();
                foreach (var model in settings.Models) judges.Add(new PairJudge(await models.OpenAsync(model, FreeText, cancellationToken), manifest, settings));
                return new JudgePairScorer(judges, settings);
            case ShadowScorerKind.Critic when manifest.Critic.Judge is { } critic:
                return new CriticPairScorer(await models.OpenAsync(critic.Model, FreeText, cancellationToken), new CriticQuestion(manifest, critic), critic.Price);
            case ShadowScorerKind.Teacher:
                return new TeacherPairScorer(manifest, scorer.Teacher!, models);
            default:
                return null;
        }
    }
}
