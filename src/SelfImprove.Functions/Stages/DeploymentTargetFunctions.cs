using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.Deployment.Targets;
using SelfImprove.Functions.Engine;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Stages;

/// <summary>The functions of deployment targets: each runs the class that it is named after.</summary>
public static class DeploymentTargetFunctions
{
    /// <inheritdoc cref="DeployVersion"/>
    [Function(nameof(DeployVersion))]
    public static Task<string> RunDeployVersion([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="PrepareDeployment"/>
    [Function(nameof(PrepareDeployment))]
    public static Task<CallOutcome> RunPrepareDeployment(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="AdvanceDeployment"/>
    [Function(nameof(AdvanceDeployment))]
    public static Task<CallOutcome> RunAdvanceDeployment(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="ShiftTraffic"/>
    [Function(nameof(ShiftTraffic))]
    public static Task<string> RunShiftTraffic([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="WriteTraffic"/>
    [Function(nameof(WriteTraffic))]
    public static Task<CallOutcome> RunWriteTraffic(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="RetireVersion"/>
    [Function(nameof(RetireVersion))]
    public static Task<string> RunRetireVersion([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="ScheduleRetirement"/>
    [Function(nameof(ScheduleRetirement))]
    public static Task<CallOutcome> RunScheduleRetirement(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="RetireDeployment"/>
    [Function(nameof(RetireDeployment))]
    public static Task<CallOutcome> RunRetireDeployment(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);
}
