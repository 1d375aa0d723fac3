using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Functions.Engine;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Stages;

/// <summary>The functions of evaluation: each runs the class that it is named after.</summary>
public static class EvaluationFunctions
{
    /// <inheritdoc cref="EvaluateCandidate"/>
    [Function(nameof(EvaluateCandidate))]
    public static Task<string> RunEvaluateCandidate([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="PrepareValidation"/>
    [Function(nameof(PrepareValidation))]
    public static Task<CallOutcome> RunPrepareValidation(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="CompareAnswers"/>
    [Function(nameof(CompareAnswers))]
    public static Task<CallOutcome> RunCompareAnswers(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="ScoreCandidate"/>
    [Function(nameof(ScoreCandidate))]
    public static Task<CallOutcome> RunScoreCandidate(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="JudgeCandidate"/>
    [Function(nameof(JudgeCandidate))]
    public static Task<CallOutcome> RunJudgeCandidate(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);
}
