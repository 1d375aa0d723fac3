using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>
/// What people do with the inbox: list, answer, skip. An answer is a fact first; the nudge to the waiting orchestration is sent when the last
/// task of its group is complete, so a thousand answers wake it once.
/// </summary>
/// <param name="inbox">Where tasks and answers are kept.</param>
/// <param name="manifests">Say what is a valid answer.</param>
/// <param name="orchestrations">Nudges who waits.</param>
/// <param name="clock">Tells what is overdue.</param>
public sealed class InboxService(InboxStore inbox, ManifestStore manifests, IOrchestrationClient orchestrations, TimeProvider clock)
{
    private const int WritersAtOnce = 8;
    private const int MaxPerson = 128;

    /// <summary>The tasks of an agent: open ones first, then by due time and id.</summary>
    public async Task<IReadOnlyList<InboxEntry>> ListAsync(string agent, InboxFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new InboxFilter();
        var now = clock.GetUtcNow();
        var groups = new Dictionary<string, (bool Closed, Dictionary<string, List<InboxAnswer>> Answers)>(StringComparer.Ordinal);
        var entries = new List<InboxEntry>();
        await foreach (var task in inbox.ListAsync(agent, cancellationToken: cancellationToken))
        {
            if ((filter.Run is not null && task.Run != filter.Run) || (filter.Purpose is not null && task.Purpose != filter.Purpose)) continue;
            if (!groups.TryGetValue(task.Group, out var group))
            {
                group = (await inbox.IsClosedAsync(agent, task.Group, cancellationToken), await inbox.AnswersOfGroupAsync(agent, task.Group, cancellationToken));
                groups.Add(task.Group, group);
            }
            var people = group.Answers.GetValueOrDefault(task.Id, []).ConvertAll(a => a.Person);
            var entry = new InboxEntry(task, people, !group.Closed && people.Count < task.People && now < task.Due);
            if ((!filter.OpenOnly || entry.IsOpen) && (filter.NotBy is null || !people.Contains(filter.NotBy))) entries.Add(entry);
        }
        return [.. entries.OrderByDescending(e => e.IsOpen).ThenBy(e => e.Task.Due).ThenBy(e => e.Task.Id, StringComparer.Ordinal).Take(Math.Clamp(filter.Limit, 1, 10_000))];
    }

    /// <summary>Answers a task.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="task">The task's id.</param>
    /// <param name="person">Who answers: 1 to 128 characters.</param>
    /// <param name="output">What the agent should have answered.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<InboxResult> AnswerAsync(string agent, string task, string person, AgentOutput output, CancellationToken cancellationToken = default) =>
        OneAsync(agent, task, person, output, null, cancellationToken);

    /// <summary>Leaves a task to others; counts as this person's word.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="task">The task's id.</param>
    /// <param name="person">Who skips.</param>
    /// <param name="reason">Why; shown to the administrator.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<InboxResult> SkipAsync(string agent, string task, string person, string reason, CancellationToken cancellationToken = default) =>
        OneAsync(agent, task, person, null, string.IsNullOrWhiteSpace(reason) ? "no reason given" : reason.Trim(), cancellationToken);

    /// <summary>Answers many tasks of one agent at once; each has its own result, in their order.</summary>
    public async Task<IReadOnlyList<InboxResult>> AnswerManyAsync(
        string agent, string person, IReadOnlyList<(string Task, AgentOutput Output)> answers, CancellationToken cancellationToken = default)
    {
        var results = new InboxResult[answers.Count];
        var tasks = new InboxTask?[answers.Count];
        var closed = new System.Collections.Concurrent.ConcurrentDictionary<string, Task<bool>>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Enumerable.Range(0, answers.Count),
            new ParallelOptions { MaxDegreeOfParallelism = WritersAtOnce, CancellationToken = cancellationToken }, async (i, token) =>
        {
            tasks[i] = await inbox.GetAsync(agent, answers[i].Task, token);
            results[i] = tasks[i] is not { } task
                ? Unknown(agent, answers[i].Task)
                : await closed.GetOrAdd(task.Group, g => inbox.IsClosedAsync(agent, g, token))
                    ? Over(task)
                    : await RecordAsync(task, person, answers[i].Output, null, token);
        });
        foreach (var group in tasks.OfType<InboxTask>().DistinctBy(t => t.Group)) await NudgeAsync(group, cancellationToken);
        return results;
    }

    private async Task<InboxResult> OneAsync(string agent, string id, string person, AgentOutput? output, string? skipped, CancellationToken cancellationToken)
    {
        if (await inbox.GetAsync(agent, id, cancellationToken) is not { } task) return Unknown(agent, id);
        if (await inbox.IsClosedAsync(agent, task.Group, cancellationToken)) return Over(task);
        var result = await RecordAsync(task, person, output, skipped, cancellationToken);
        if (result.Outcome == InboxOutcome.Accepted) await NudgeAsync(task, cancellationToken);
        return result;
    }

    private async Task<InboxResult> RecordAsync(InboxTask task, string person, AgentOutput? output, string? skipped, CancellationToken cancellationToken)
    {
        if (person.Length is 0 or > MaxPerson)
            return new InboxResult(InboxOutcome.Invalid, $"Who answers is named by 1 to {MaxPerson} characters; found {person.Length}.");
        var now = clock.GetUtcNow();
        if (now >= task.Due) return Over(task);
        if (output is not null)
        {
            var revision = await manifests.GetAsync(task.Agent, task.ManifestRevision, cancellationToken);
            if (revision is null)
                return new InboxResult(InboxOutcome.Invalid,
                    $"The manifest revision {task.ManifestRevision} of {task.Agent} is missing, so no answer can be checked.");
            output = InSpellingOf(revision.Manifest.Task, output);
            if (OutputCheck.Problem(revision.Manifest.Task, output, StudentKnowledge.NeedsArguments(revision.Manifest)) is { } problem)
                return new InboxResult(InboxOutcome.Invalid, problem);
        }
        var standing = await inbox.RecordAsync(task, new InboxAnswer(task.Id, person, now, output, skipped), cancellationToken);
        return Same(standing.Output, output)
            ? new InboxResult(InboxOutcome.Accepted)
            : new InboxResult(InboxOutcome.AlreadyAnswered, $"{person} answered {task.Id} at {standing.Time:u} already; the first answer stands.");
    }

    private async Task NudgeAsync(InboxTask task, CancellationToken cancellationToken)
    {
        var counts = await inbox.CountAsync(task.Agent, task.Group, cancellationToken);
        if (counts.Values.Any(c => c < task.People)) return;
        for (var quarter = 1; quarter <= InboxGroup.Quarters; quarter++)
            await orchestrations.RaiseEventAsync(task.Instance, InboxGroup.EventName(task.Group, quarter), task.Group, cancellationToken);
    }

    private static AgentOutput InSpellingOf(TaskSettings task, AgentOutput output) =>
        task.Output == TaskOutput.Label && task.Labels.FirstOrDefault(l => l.Equals(output.Decision, StringComparison.OrdinalIgnoreCase)) is { } label
            ? new AgentOutput(label)
            : output;

    private static bool Same(AgentOutput? a, AgentOutput? b) => a is null || b is null ? a is null && b is null : OutputKey.Of(a) == OutputKey.Of(b);

    private static InboxResult Unknown(string agent, string task) =>
        new(InboxOutcome.UnknownTask, $"{agent} has no task '{task}'. The inbox's list shows those there are.");

    private static InboxResult Over(InboxTask task) =>
        new(InboxOutcome.Closed, $"Task {task.Id} takes no more answers: it was due at {task.Due:u}, or the run went on without it.");
}
