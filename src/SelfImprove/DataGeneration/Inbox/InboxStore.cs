using System.Text.Json;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>
/// Tasks (<c>inbox/{agent}/{task}.json</c>) and the facts about them: one object per answer (<c>answers/{agent}/{group}/{task}.{person}.json</c>,
/// written where absent, so that each person's first word stands) and one that closes a group. Nothing is ever changed.
/// </summary>
/// <param name="store">Where they are kept.</param>
public sealed class InboxStore(IObjectStore store)
{
    /// <summary>Keeps a task; where it is there already, it stays as it is.</summary>
    public Task AddAsync(InboxTask task, CancellationToken cancellationToken = default) =>
        store.WriteAsync(TaskPath(task.Agent, task.Id), JsonSerializer.SerializeToUtf8Bytes(task, SeamJson.Indented), WriteCondition.IfAbsent, cancellationToken);

    /// <summary>A task; null where there is none.</summary>
    public async Task<InboxTask?> GetAsync(string agent, string task, CancellationToken cancellationToken = default) =>
        StoragePath.IsName(agent) && IsTaskId(task) && await store.ReadAsync(TaskPath(agent, task), cancellationToken: cancellationToken) is { } stored
            ? JsonSerializer.Deserialize<InboxTask>(stored.Bytes.Span, SeamJson.Options)
            : null;

    /// <summary>All tasks of an agent, or of one group, by id.</summary>
    public async IAsyncEnumerable<InboxTask> ListAsync(
        string agent, string? group = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in store.ListAsync($"inbox/{agent}/{(group is null ? "" : group + "-")}", cancellationToken: cancellationToken))
            if (await store.ReadAsync(entry.Path, cancellationToken: cancellationToken) is { } stored)
                yield return JsonSerializer.Deserialize<InboxTask>(stored.Bytes.Span, SeamJson.Options)!;
    }

    /// <summary>How far a group is.</summary>
    public async Task<InboxProgress> ProgressAsync(string agent, string group, CancellationToken cancellationToken = default)
    {
        var counts = await CountAsync(agent, group, cancellationToken);
        if (counts.Count == 0 || await GetAsync(agent, counts.Keys.First(), cancellationToken) is not { } any) return new InboxProgress(0, 0);
        return new InboxProgress(counts.Count, counts.Values.Count(c => c >= any.People));
    }

    /// <summary>How many tasks a group has, and how many answers each got (skips included): by the names of objects alone.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(string agent, string group, CancellationToken cancellationToken = default)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var entry in store.ListAsync($"inbox/{agent}/{group}-", cancellationToken: cancellationToken))
            counts[Path.GetFileNameWithoutExtension(entry.Path)] = 0;
        await foreach (var entry in store.ListAsync(AnswersPrefix(agent, group), cancellationToken: cancellationToken))
        {
            var name = entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
            if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && counts.TryGetValue($"{group}-{name[..dot]}", out var count))
                counts[$"{group}-{name[..dot]}"] = count + 1;
        }
        return counts;
    }

    /// <summary>Records an answer where this person gave none yet.</summary>
    /// <returns>The answer that stands.</returns>
    public async Task<InboxAnswer> RecordAsync(InboxTask task, InboxAnswer answer, CancellationToken cancellationToken = default)
    {
        var path = $"{AnswersPrefix(task.Agent, task.Group)}{task.Id[(task.Group.Length + 1)..]}.{PersonSegment(answer.Person)}.json";
        var written = await store.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(answer, SeamJson.Options), WriteCondition.IfAbsent, cancellationToken);
        if (written.Written) return answer;
        var standing = await store.ReadAsync(path, cancellationToken: cancellationToken) ?? throw new TransientException($"{path} was removed while it was read.");
        return JsonSerializer.Deserialize<InboxAnswer>(standing.Bytes.Span, SeamJson.Options)!;
    }

    /// <summary>The answers of a group by task, in the order in which they were given.</summary>
    public async Task<Dictionary<string, List<InboxAnswer>>> AnswersOfGroupAsync(string agent, string group, CancellationToken cancellationToken = default)
    {
        var byTask = new Dictionary<string, List<InboxAnswer>>(StringComparer.Ordinal);
        await foreach (var entry in store.ListAsync(AnswersPrefix(agent, group), cancellationToken: cancellationToken))
        {
            if (!entry.Path.EndsWith(".json", StringComparison.Ordinal) || await store.ReadAsync(entry.Path, cancellationToken: cancellationToken) is not { } stored)
                continue;
            var answer = JsonSerializer.Deserialize<InboxAnswer>(stored.Bytes.Span, SeamJson.Options)!;
            if (!byTask.TryGetValue(answer.Task, out var answers)) byTask.Add(answer.Task, answers = []);
            answers.Add(answer);
        }
        foreach (var answers in byTask.Values) answers.Sort((a, b) => (a.Time, a.Person).CompareTo((b.Time, b.Person)));
        return byTask;
    }

    /// <summary>Takes no more answers for a group.</summary>
    public Task CloseAsync(string agent, string group, CancellationToken cancellationToken = default) =>
        store.WriteAsync(ClosedPath(agent, group), "closed\n"u8.ToArray(), WriteCondition.IfAbsent, cancellationToken);

    /// <summary>Whether a group takes no more answers.</summary>
    public async Task<bool> IsClosedAsync(string agent, string group, CancellationToken cancellationToken = default) =>
        await store.ReadAsync(ClosedPath(agent, group), new ByteRange(0, 1), cancellationToken) is not null;

    private static bool IsTaskId(string task) => task.Length is > 0 and <= 190 && task.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static string TaskPath(string agent, string task) => $"inbox/{agent}/{task}.json";

    private static string AnswersPrefix(string agent, string group) => $"answers/{agent}/{group}/";

    private static string ClosedPath(string agent, string group) => AnswersPrefix(agent, group) + "closed";

    // People may be called anything: what is no name becomes a hash in the path, and stays as it is inside.
    private static string PersonSegment(string person) => StoragePath.IsName(person) ? person : "person_" + LabelFiles.Hash(person, 16);
}
