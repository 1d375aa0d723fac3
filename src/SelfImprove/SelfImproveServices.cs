using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.Deployment;
using SelfImprove.Evaluation;
using SelfImprove.Loop;
using SelfImprove.Monitoring;
using SelfImprove.Monitoring.Critic;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Storage;
using SelfImprove.Telemetry;
using SelfImprove.Training;

namespace SelfImprove;

/// <summary>Registers the whole product. A host adds what differs: an <see cref="IObjectStore"/> with its parts, an engine with its
/// <see cref="IOrchestrationClient"/>, logging.</summary>
public static class SelfImproveServices
{
    /// <summary>Adds every stage, the loop, and the registry of orchestrators and activities.</summary>
    public static IServiceCollection AddSelfImprove(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => ImprovementRegistry.Create());
        services.AddAgents().AddAudit().AddMonitoring().AddTriggers();
        services.AddPlanning().AddDataGeneration().AddTraining().AddEvaluation().AddDeployment();
        services.AddSingleton<CriticJudge>().AddSingleton<SpendBook>().AddSingleton<RunGuard>().AddSingleton<RunService>().AddSingleton<ApprovalService>();
        services.AddSingleton<RunTraces>().AddSingleton<RouteCleanup>().AddSingleton<AgentWatch>().AddSingleton<Janitor>();
        return services;
    }

    /// <summary>
    /// Adds <see cref="AgentRounds"/>, for a host whose timers visit only agents that something happened to: whatever happens to an agent then marks it.
    /// A host that visits all of them leaves this out.
    /// </summary>
    public static IServiceCollection AddAgentRounds(this IServiceCollection services) => services
        .AddSingleton<DirtyAgents>()
        .AddSingleton<ManifestChange>(provider => provider.GetRequiredService<DirtyAgents>().MarkAsync)
        .AddSingleton<ScheduleBook>()
        .AddSingleton<AgentRounds>();
}
