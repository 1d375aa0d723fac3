using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Selection;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.Functions.Engine;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Stages;

/// <summary>The functions of data generation: each runs the class that it is named after.</summary>
public static class DataGenerationFunctions
{
    /// <inheritdoc cref="GenerateData"/>
    [Function(nameof(GenerateData))]
    public static Task<string> RunGenerateData([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="LabelItems"/>
    [Function(nameof(LabelItems))]
    public static Task<string> RunLabelItems([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="LabelShard"/>
    [Function(nameof(LabelShard))]
    public static Task<string> RunLabelShard([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="SelectItems"/>
    [Function(nameof(SelectItems))]
    public static Task<CallOutcome> RunSelectItems(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="CollectCorrections"/>
    [Function(nameof(CollectCorrections))]
    public static Task<CallOutcome> RunCollectCorrections(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="CollectPairs"/>
    [Function(nameof(CollectPairs))]
    public static Task<CallOutcome> RunCollectPairs(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="PlaySelf"/>
    [Function(nameof(PlaySelf))]
    public static Task<CallOutcome> RunPlaySelf(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="BuildDataset"/>
    [Function(nameof(BuildDataset))]
    public static Task<CallOutcome> RunBuildDataset(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="PrepareLabels"/>
    [Function(nameof(PrepareLabels))]
    public static Task<CallOutcome> RunPrepareLabels(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="LabelBatch"/>
    [Function(nameof(LabelBatch))]
    public static Task<CallOutcome> RunLabelBatch(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="MergeLabels"/>
    [Function(nameof(MergeLabels))]
    public static Task<CallOutcome> RunMergeLabels(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="OpenTasks"/>
    [Function(nameof(OpenTasks))]
    public static Task<CallOutcome> RunOpenTasks(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="CountAnswers"/>
    [Function(nameof(CountAnswers))]
    public static Task<CallOutcome> RunCountAnswers(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="RemindPeople"/>
    [Function(nameof(RemindPeople))]
    public static Task<CallOutcome> RunRemindPeople(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);
}
