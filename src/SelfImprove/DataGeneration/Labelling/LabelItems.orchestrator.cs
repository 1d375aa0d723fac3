using SelfImprove.DataGeneration.Inbox;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>
/// Asks a teacher about a file of items: models in batches, then people through the inbox, where the teacher has any and something is left for
/// them. Waits for people until their due time, then goes on with what there is. What could not be had is said in the shortfall; the run goes on.
/// </summary>
public sealed class LabelItems : Orchestrator<LabelInput, LabelOutput>
{
    /// <summary>Its name. The caller gives the child an id with run, purpose and round.</summary>
    public static readonly OrchestratorRef<LabelInput, LabelOutput> Ref = new(nameof(LabelItems));

    private const int BatchesPerShard = 100;
    private const int ShardsPerLevel = 100;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);

    /// <inheritdoc />
    public override async Task<LabelOutput> RunAsync(OrchestrationContext context, LabelInput input)
    {
        var plan = await context.CallAsync(PrepareLabels.Ref, input);
        string? shortfall = null, missing = null;
        if (plan.AsksModels && input.Count > 0)
        {
            if (plan.Endpoints is null) shortfall = await AskModelsAsync(context, input, plan.BatchSize);
            else (shortfall, missing) = await AskDeployedAsync(context, input, plan.BatchSize, plan.Endpoints);
        }
        if (plan.AsksPeople && input.Count > 0) shortfall = Shortfalls.Join(shortfall, await AskPeopleAsync(context, input, plan.BatchSize));
        var merged = await context.CallAsync(MergeLabels.Ref, new MergeLabelsInput(input, plan.BatchSize, shortfall));
        return missing is null ? merged : merged with { IsTeacherMissing = true };
    }

    /// <summary>Deploys teachers that are not there, asks, and lets go of them on every ending; what nobody else holds is then removed.</summary>
    private static async Task<(string? Shortfall, string? Missing)> AskDeployedAsync(
        OrchestrationContext context, LabelInput input, int batchSize, IReadOnlyList<string> endpoints)
    {
        var ready = new ReadyTeachersInput(input.Run, context.InstanceId, endpoints);
        try
        {
            var missing = (await context.CallAsync(ReadyTeachers.Ref, ready, $"{context.InstanceId}/teachers")).Missing;
            var shortfall = missing ?? await AskModelsAsync(context, input, batchSize);
            await ReleaseAsync(context, ready);
            return (shortfall, missing);
        }
        catch (OrchestrationFailureException failed) when (failed.Callee != nameof(ReleaseTeachers))
        {
            await ReleaseAsync(context, ready);
            throw;
        }
    }

    private static async Task ReleaseAsync(OrchestrationContext context, ReadyTeachersInput ready)
    {
        foreach (var due in await context.CallAsync(ReleaseTeachers.Ref, ready, ReleaseTeachers.Retry))
            _ = context.CallAsync(RemoveTeacherEndpoint.Ref, due, RemoveTeacherEndpoint.InstanceId(due));
    }

    private static async Task<string?> AskModelsAsync(OrchestrationContext context, LabelInput input, int batchSize)
    {
        var batches = (input.Count + batchSize - 1) / batchSize;
        var shards = (batches + BatchesPerShard - 1) / BatchesPerShard;
        string? shortfall = null;
        for (var first = 0; first < shards; first += ShardsPerLevel)
        {
            var outputs = await Task.WhenAll(Enumerable.Range(first, Math.Min(ShardsPerLevel, shards - first)).Select(shard => context.CallAsync(
                LabelShard.Ref,
                new LabelShardInput(input, shard * BatchesPerShard, Math.Min(BatchesPerShard, batches - shard * BatchesPerShard), batchSize),
                $"{context.InstanceId}/shard-{shard}")));
            shortfall = Shortfalls.Join(outputs.Select(o => o.Shortfall).Prepend(shortfall));
        }
        return shortfall;
    }

    private static async Task<string?> AskPeopleAsync(OrchestrationContext context, LabelInput input, int batchSize)
    {
        var opened = await context.CallAsync(OpenTasks.Ref, new OpenTasksInput(input, batchSize, context.InstanceId, context.Now));
        if (opened.Tasks == 0) return opened.Shortfall;
        // Each quarter of the time has an event name of its own: a wait that its timer cancelled can't swallow the nudge of a later one.
        for (var quarter = 1; quarter <= InboxGroup.Quarters; quarter++)
        {
            var until = opened.Opened + (opened.Due - opened.Opened) * quarter / InboxGroup.Quarters;
            var pause = FirstPause;
            while (true)
            {
                var progress = await context.CallAsync(CountAnswers.Ref, new CountAnswersInput(input.Run, opened.Group));
                context.SetStatus(new { waitingFor = "people", tasks = opened.Tasks, answered = progress.Complete, due = opened.Due });
                if (progress.Complete >= opened.Tasks) return opened.Shortfall;
                if (context.Now >= until) break;
                // A host that dies between writing an answer and its nudge leaves nobody to nudge again: the answers are read anew now and then.
                var again = context.Now + pause;
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                await context.NudgeOrUntilAsync(InboxGroup.EventName(opened.Group, quarter), again < until ? again : until);
            }
            if (quarter == InboxGroup.Quarters / 2) await context.CallAsync(RemindPeople.Ref, new RemindInput(input.Run, opened.Group, opened.Due));
        }
        var last = await context.CallAsync(CountAnswers.Ref, new CountAnswersInput(input.Run, opened.Group));
        return Shortfalls.Join(opened.Shortfall, $"People finished {last.Complete} of {opened.Tasks} tasks before they were due at {opened.Due:u}.");
    }
}
