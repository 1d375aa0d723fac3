using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Labelling.Teachers;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>Which tasks to open.</summary>
/// <param name="Label">The piece of labelling.</param>
/// <param name="BatchSize">Items of a batch of model answers.</param>
/// <param name="Instance">The orchestration that will wait.</param>
/// <param name="Now">When it asks.</param>
public sealed record OpenTasksInput(LabelInput Label, int BatchSize, string Instance, DateTimeOffset Now);

/// <summary>The tasks that were opened.</summary>
/// <param name="Group">What they are waited for by.</param>
/// <param name="Tasks">How many.</param>
/// <param name="Opened">When.</param>
/// <param name="Due">Until when their answers count.</param>
/// <param name="Shortfall">Why there are fewer than needed; null where there are all.</param>
public sealed record OpenedTasks(string Group, int Tasks, DateTimeOffset Opened, DateTimeOffset Due, string? Shortfall);

/// <summary>Puts the items that only people can answer into the inbox. Charges for them first: what nobody answers in time stays reserved for the month.</summary>
/// <param name="store">Where items and model answers are kept.</param>
/// <param name="inbox">Where tasks are kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="spend">The spend book.</param>
/// <param name="guard">Whether the run may still act.</param>
public sealed class OpenTasks(
    IObjectStore store, InboxStore inbox, PinnedManifests manifests, SpendBook spend, RunGuard guard) : Activity<OpenTasksInput, OpenedTasks>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<OpenTasksInput, OpenedTasks> Ref = new(nameof(OpenTasks));

    private const int ChargedTogether = 25;
    private const int WritersAtOnce = 8;

    /// <inheritdoc />
    public override async Task<OpenedTasks> RunAsync(ActivityContext context, OpenTasksInput input, CancellationToken cancellationToken)
    {
        var label = input.Label;
        await guard.EnsureActiveAsync(label.Run, cancellationToken);
        var manifest = await manifests.GetAsync(label.Run, cancellationToken);
        var rules = new TeacherRules(manifest, label.Teacher);
        var asked = new List<(LabelItem Item, TeacherSettings People)>();
        for (var batch = 0; batch * input.BatchSize < label.Count; batch++)
        {
            var from = batch * input.BatchSize;
            var (byItem, _, _) = await LabelFiles.ReadAnswersAsync(store, LabelFiles.Answers(label, batch), cancellationToken);
            foreach (var item in await LabelFiles.ReadItemsAsync(store, label, from, Math.Min(input.BatchSize, label.Count - from), cancellationToken))
                if (rules.Next(byItem.GetValueOrDefault(item.Id, [])) is TeacherStep.Ask { Teacher.Kind: TeacherKind.People } ask) asked.Add((item, ask.Teacher));
        }
        var group = LabelFiles.Group(label);
        var (paid, shortfall) = await ChargeAsync(context.Key, label.Run, manifest.Budget, asked, cancellationToken);
        await Parallel.ForEachAsync(paid, new ParallelOptions { MaxDegreeOfParallelism = WritersAtOnce, CancellationToken = cancellationToken },
            async (ask, token) =>
            await inbox.AddAsync(Task(input, group, ask.Item, ask.People, manifest), token));
        return new OpenedTasks(group, paid.Count, input.Now, input.Now + paid.Select(p => p.People.Due).DefaultIfEmpty(TimeSpan.Zero).Max(), shortfall);
    }

    private static InboxTask Task(OpenTasksInput input, string group, LabelItem item, TeacherSettings people, AgentManifest manifest) => new()
    {
        Id = InboxGroup.TaskId(group, item.Id),
        Agent = input.Label.Run.Agent,
        Run = input.Label.Run.Run,
        Round = input.Label.Run.Round,
        Purpose = input.Label.Purpose,
        Group = group,
        Instance = input.Instance,
        Item = item.Id,
        Input = item.Input,
        Decisions = manifest.Task.Decisions,
        ManifestRevision = input.Label.Run.ManifestRevision,
        People = Math.Clamp(people.PeoplePerItem, 1, 5),
        Created = input.Now,
        Due = input.Now + people.Due,
    };

    private async Task<(List<(LabelItem Item, TeacherSettings People)> Paid, string? Shortfall)> ChargeAsync(
        string key, RunRef run, BudgetSettings budget, List<(LabelItem Item, TeacherSettings People)> asked, CancellationToken cancellationToken)
    {
        var paid = new List<(LabelItem Item, TeacherSettings People)>(asked.Count);
        var part = 0;
        foreach (var some in asked.Chunk(ChargedTogether))
        {
            try
            {
                await spend.ChargeAsync(run, budget, $"{key}/{part++}", $"{some.Length} tasks for people", some.Sum(Price), cancellationToken);
                paid.AddRange(some);
            }
            catch (BudgetExceededException)
            {
                foreach (var one in some)
                {
                    try
                    {
                        await spend.ChargeAsync(run, budget, $"{key}/{one.Item.Id}", "1 task for people", Price(one), cancellationToken);
                        paid.Add(one);
                    }
                    catch (BudgetExceededException e)
                    {
                        return (paid, e.Message);
                    }
                }
            }
        }
        return (paid, null);
    }

    private static decimal Price((LabelItem Item, TeacherSettings People) asked) => asked.People.Price * Math.Clamp(asked.People.PeoplePerItem, 1, 5);
}
