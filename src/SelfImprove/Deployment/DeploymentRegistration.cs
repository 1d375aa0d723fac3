using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Deployment.Shadow.Scoring;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment;

/// <summary>Adds the deployment stage to a host.</summary>
public static class DeploymentRegistration
{
    /// <summary>Adds the rollout and its activities to the registry.</summary>
    public static OrchestrationRegistry AddDeployment(this OrchestrationRegistry registry) => registry
        .Add<Rollout, RolloutInput, RolloutOutput>(Rollout.Ref)
        .Add<BeginShadow, RolloutInput, BegunShadow>(BeginShadow.Ref)
        .Add<LookAtShadow, LookAtShadowInput, ShadowLook>(LookAtShadow.Ref)
        .Add<PassShadow, PassShadowInput, bool>(PassShadow.Ref)
        .Add<BeginExperiment, RolloutInput, BegunExperiment>(BeginExperiment.Ref)
        .Add<LookAtExperiment, LookInput, LookOutput>(LookAtExperiment.Ref)
        .Add<RaiseShare, RaiseShareInput, RoutingOutcome>(RaiseShare.Ref)
        .Add<PromoteChallenger, PromoteInput, RoutingOutcome>(PromoteChallenger.Ref)
        .Add<WithdrawChallenger, WithdrawInput, RoutingOutcome>(WithdrawChallenger.Ref)
        .Add<PauseAgent, PauseInput, RoutingOutcome>(PauseAgent.Ref)
        .Add<ResumeAgent, Runs.RunRef, RoutingOutcome>(ResumeAgent.Ref)
        .Add<DeployVersion, DeployInput, DeployOutput>(DeployVersion.Ref)
        .Add<PrepareDeployment, DeployInput, PreparedDeployment>(PrepareDeployment.Ref)
        .Add<AdvanceDeployment, AdvanceDeploymentInput, EndpointStatus>(AdvanceDeployment.Ref)
        .Add<ShiftTraffic, ShiftTrafficInput, ShiftTrafficOutput>(ShiftTraffic.Ref)
        .Add<WriteTraffic, WriteTrafficInput, EndpointStatus>(WriteTraffic.Ref)
        .Add<RetireVersion, RetireInput, Retirement>(RetireVersion.Ref)
        .Add<ScheduleRetirement, RetireInput, bool>(ScheduleRetirement.Ref)
        .Add<RetireDeployment, RetireDeploymentInput, EndpointStatus>(RetireDeployment.Ref);

    /// <summary>Adds the services behind them; needs those of the evaluation stage, the model catalogue, the spend book, the routing tables, the audit log, the facts and the run guard.</summary>
    public static IServiceCollection AddDeployment(this IServiceCollection services) => services
        .AddSingleton<ExperimentFile>()
        .AddSingleton<ShadowFile>()
        .AddSingleton<ShadowReplay>()
        .AddSingleton<PairScorers>()
        .AddSingleton<RollBack>()
        .AddSingleton<IDeploymentTarget, RouterTarget>()
        .AddSingleton<DeploymentTargets>()
        .AddSingleton<DeploymentBook>()
        .AddSingleton<DeploymentJanitor>()
        .AddSingleton<VersionDeployer>();
}
