using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Training.Builtin;

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
        .AddSingleton<TrainerCatalog>()
        .AddSingleton<StartingVersion>()
        .AddSingleton<AdoptedModel>()
        .AddSingleton<OpenJobs>()
        .AddSingleton<ICurveProbe, BuiltinCurveProbe>()
        .AddSingleton<IModelSource, BuiltinModelSource>()
        .AddSingleton<ModelCatalog>();
}
