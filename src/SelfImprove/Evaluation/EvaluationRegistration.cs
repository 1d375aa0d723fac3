using Microsoft.Extensions.DependencyInjection;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Judging.Harm;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Evaluation.Scoring.Services;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Orchestration;

namespace SelfImprove.Evaluation;

/// <summary>Adds the evaluation stage to a host.</summary>
public static class EvaluationRegistration
{
    /// <summary>Adds the orchestrator and its activities to the registry.</summary>
    public static OrchestrationRegistry AddEvaluation(this OrchestrationRegistry registry) => registry
        .Add<EvaluateCandidate, EvaluateInput, EvaluateOutput>(EvaluateCandidate.Ref)
        .Add<PrepareValidation, PrepareInput, PreparedValidation>(PrepareValidation.Ref)
        .Add<CompareAnswers, CompareInput, ComparedAnswers>(CompareAnswers.Ref)
        .Add<ScoreCandidate, ScoreInput, ScoreOutput>(ScoreCandidate.Ref)
        .Add<JudgeCandidate, JudgeInput, JudgeOutput>(JudgeCandidate.Ref);

    /// <summary>
    /// Adds the services behind them. The host brings the object store, manifests and versions, the model catalogue, the spend book, the audit log,
    /// the clock, the data generation stage and the <see cref="ObservedLog"/>.
    /// </summary>
    public static IServiceCollection AddEvaluation(this IServiceCollection services) => services
        .AddSingleton<TrafficReader>(provider => provider.GetRequiredService<ObservedLog>().ReadAsync)
        .AddSingleton<ValidationSetStore>()
        .AddSingleton<GoldenSets>()
        .AddSingleton<PairPanel>()
        .AddSingleton<HarmPanel>()
        .AddSingleton<OpenJudges>(provider =>
        {
            var models = provider.GetRequiredService<ModelCatalog>();
            return (manifest, judge, proposals, cancellationToken) => ProposalJudges.OpenAsync(models, manifest, judge, proposals, cancellationToken);
        })
        .AddSingleton<ServiceScores>()
        .AddSingleton<ValidationSample>();
}
