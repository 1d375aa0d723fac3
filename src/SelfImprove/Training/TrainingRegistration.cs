using Microsoft.Extensions.DependencyInjection;
using SelfImprove.DataGeneration.Selection;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Storage;
using SelfImprove.Training.Builtin;
using SelfImprove.Training.FewShot;

namespace SelfImprove.Training;

/// <summary>Adds the training stage to a host, with the built-in student as a training target and a source of models.</summary>
public static class TrainingRegistration
{
    /// <summary>Adds the stage's orchestrator and its activities to the registry.</summary>
    public static OrchestrationRegistry AddTraining(this OrchestrationRegistry registry) => registry
        .Add<TrainCandidate, TrainInput, TrainOutput>(TrainCandidate.Ref)
        .Add<SubmitTraining, SubmitTrainingInput, SubmittedJob>(SubmitTraining.Ref)
        .Add<PollTraining, PollTrainingInput, TrainingStatus>(PollTraining.Ref)
        .Add<RegisterCandidate, RegisterCandidateInput, string>(RegisterCandidate.Ref);

    /// <summary>Adds the services behind them.</summary>
    public static IServiceCollection AddTraining(this IServiceCollection services) => services
        .AddSingleton<ITrainer, BuiltinTrainer>()
        .AddSingleton<ITrainer, FewShotTrainer>()
        .AddSingleton<TrainerCatalog>()
        .AddSingleton<TrainerFormats>(provider =>
        {
            var trainers = provider.GetRequiredService<TrainerCatalog>();
            return name => trainers.Get(name).Formats;
        })
        .AddSingleton<StartingVersion>()
        .AddSingleton<AdoptedModel>()
        .AddSingleton<OpenJobs>()
        .AddSingleton<ICurveProbe, BuiltinCurveProbe>()
        .AddSingleton<IInterimStudent, BuiltinInterimStudent>()
        .AddSingleton<IModelSource, BuiltinModelSource>()
        .AddSingleton<IModelSource>(provider => new FewShotModelSource(
            provider.GetRequiredService<JsonDocuments>(), provider.GetRequiredService<ModelCatalog>))
        .AddSingleton<ModelCatalog>();
}
