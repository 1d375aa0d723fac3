using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.Functions.Engine;
using SelfImprove.Orchestration;
using SelfImprove.Training;

namespace SelfImprove.Functions.Stages;

/// <summary>The functions of training: each runs the class that it is named after.</summary>
public static class TrainingFunctions
{
    /// <inheritdoc cref="TrainCandidate"/>
    [Function(nameof(TrainCandidate))]
    public static Task<string> RunTrainCandidate([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="SubmitTraining"/>
    [Function(nameof(SubmitTraining))]
    public static Task<CallOutcome> RunSubmitTraining(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="PollTraining"/>
    [Function(nameof(PollTraining))]
    public static Task<CallOutcome> RunPollTraining(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="RegisterCandidate"/>
    [Function(nameof(RegisterCandidate))]
    public static Task<CallOutcome> RunRegisterCandidate(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);
}
