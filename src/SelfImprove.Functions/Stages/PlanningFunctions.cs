using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.Functions.Engine;
using SelfImprove.Orchestration;
using SelfImprove.Planning;

namespace SelfImprove.Functions.Stages;

/// <summary>The functions of planning: each runs the class that it is named after.</summary>
public static class PlanningFunctions
{
    /// <inheritdoc cref="PlanRound"/>
    [Function(nameof(PlanRound))]
    public static Task<string> RunPlanRound([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="SamplePilot"/>
    [Function(nameof(SamplePilot))]
    public static Task<CallOutcome> RunSamplePilot(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="DiagnoseAgent"/>
    [Function(nameof(DiagnoseAgent))]
    public static Task<CallOutcome> RunDiagnoseAgent(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="ChoosePlan"/>
    [Function(nameof(ChoosePlan))]
    public static Task<CallOutcome> RunChoosePlan(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="CountTraffic"/>
    [Function(nameof(CountTraffic))]
    public static Task<CallOutcome> RunCountTraffic(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);
}
