using SelfImprove.DataGeneration.Inbox;
using SelfImprove.Models;

namespace SelfImprove.Api.Inbox;

/// <summary>The inbox, as listed.</summary>
/// <param name="Tasks">Open ones first, then by due time.</param>
public sealed record InboxList(IReadOnlyList<InboxItem> Tasks);

/// <summary>A question to people: what should the agent have answered?</summary>
/// <param name="Id">The task's id.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Run">The run that asks.</param>
/// <param name="Purpose">What the answer is for: <c>train</c> or <c>validation</c>.</param>
/// <param name="Input">What the agent was asked.</param>
/// <param name="Decisions">The labels or tools to choose from; empty where the answer is free text.</param>
/// <param name="People">How many people are to answer.</param>
/// <param name="AnsweredBy">Who answered or skipped it so far.</param>
/// <param name="Created">When it was asked.</param>
/// <param name="Due">Until when an answer counts.</param>
/// <param name="Open">Whether an answer still counts.</param>
public sealed record InboxItem(
    string Id, string Agent, string Run, string Purpose, IReadOnlyList<ChatMessage> Input, IReadOnlyList<string> Decisions, int People,
    IReadOnlyList<string> AnsweredBy,
    DateTimeOffset Created, DateTimeOffset Due, bool Open)
{
    internal static InboxItem Of(InboxEntry entry)
    {
        var task = entry.Task;
        return new InboxItem(task.Id, task.Agent, task.Run, task.Purpose, task.Input, task.Decisions, task.People, entry.People, task.Created, task.Due,
            entry.IsOpen);
    }
}
