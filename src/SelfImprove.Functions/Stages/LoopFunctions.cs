using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.Functions.Engine;
using SelfImprove.Loop;
using SelfImprove.Monitoring;
using SelfImprove.Orchestration;
using SelfImprove.Runs.Approvals;

namespace SelfImprove.Functions.Stages;

/// <summary>The functions of the loop as a whole: each runs the class that it is named after.</summary>
public static class LoopFunctions
{
    /// <inheritdoc cref="ImprovementLoop"/>
    [Function(nameof(ImprovementLoop))]
    public static Task<string> RunImprovementLoop([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="OpenRun"/>
    [Function(nameof(OpenRun))]
    public static Task<CallOutcome> RunOpenRun(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="CloseRun"/>
    [Function(nameof(CloseRun))]
    public static Task<CallOutcome> RunCloseRun(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="RollBackVersion"/>
    [Function(nameof(RollBackVersion))]
    public static Task<CallOutcome> RunRollBackVersion(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="QuarantineSource"/>
    [Function(nameof(QuarantineSource))]
    public static Task<CallOutcome> RunQuarantineSource(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="AskApproval"/>
    [Function(nameof(AskApproval))]
    public static Task<CallOutcome> RunAskApproval(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="ReadApproval"/>
    [Function(nameof(ReadApproval))]
    public static Task<CallOutcome> RunReadApproval(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);
}
