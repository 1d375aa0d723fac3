using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Functions.Engine;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Stages;

/// <summary>The functions of deployment: each runs the class that it is named after.</summary>
public static class DeploymentFunctions
{
    /// <inheritdoc cref="Rollout"/>
    [Function(nameof(Rollout))]
    public static Task<string> RunRollout([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="BeginShadow"/>
    [Function(nameof(BeginShadow))]
    public static Task<CallOutcome> RunBeginShadow(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="LookAtShadow"/>
    [Function(nameof(LookAtShadow))]
    public static Task<CallOutcome> RunLookAtShadow(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="PassShadow"/>
    [Function(nameof(PassShadow))]
    public static Task<CallOutcome> RunPassShadow(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="BeginExperiment"/>
    [Function(nameof(BeginExperiment))]
    public static Task<CallOutcome> RunBeginExperiment(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="LookAtExperiment"/>
    [Function(nameof(LookAtExperiment))]
    public static Task<CallOutcome> RunLookAtExperiment(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="RaiseShare"/>
    [Function(nameof(RaiseShare))]
    public static Task<CallOutcome> RunRaiseShare(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="PromoteChallenger"/>
    [Function(nameof(PromoteChallenger))]
    public static Task<CallOutcome> RunPromoteChallenger(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="WithdrawChallenger"/>
    [Function(nameof(WithdrawChallenger))]
    public static Task<CallOutcome> RunWithdrawChallenger(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="PauseAgent"/>
    [Function(nameof(PauseAgent))]
    public static Task<CallOutcome> RunPauseAgent(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="ResumeAgent"/>
    [Function(nameof(ResumeAgent))]
    public static Task<CallOutcome> RunResumeAgent(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);
}
