using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Planning.Models;
using SelfImprove.Orchestration;

namespace SelfImprove.Planning;

/// <summary>Adds the planning stage to a host.</summary>
public static class PlanningRegistration
{
    /// <summary>Adds the round's orchestrator and its activities to the registry.</summary>
    public static OrchestrationRegistry AddPlanning(this OrchestrationRegistry registry) => registry
        .Add<PlanRound, PlanRoundInput, PlanRoundOutput>(PlanRound.Ref)
        .Add<SamplePilot, SamplePilotInput, SamplePilotOutput>(SamplePilot.Ref)
        .Add<DiagnoseAgent, DiagnoseInput, DiagnoseOutput>(DiagnoseAgent.Ref)
        .Add<ChoosePlan, ChoosePlanInput, ChoosePlanOutput>(ChoosePlan.Ref)
        .Add<CountTraffic, CountTrafficInput, CountTrafficOutput>(CountTraffic.Ref);

    /// <summary>Adds the services behind them.</summary>
    public static IServiceCollection AddPlanning(this IServiceCollection services) => services
        .AddSingleton<Ledger>()
        .AddSingleton<GrowthForecasts>()
        .AddSingleton<PlanAdvisor>()
        .AddSingleton<PlanMeasurements>()
        .AddSingleton<Introspection>()
        .AddSingleton<IReturnEstimator, ReturnEstimator>();
}
