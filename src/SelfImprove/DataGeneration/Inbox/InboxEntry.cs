namespace SelfImprove.DataGeneration.Inbox;

/// <summary>A task as the inbox lists it.</summary>
/// <param name="Task">The task.</param>
/// <param name="People">Who answered or skipped it so far.</param>
/// <param name="IsOpen">Whether an answer still counts.</param>
public sealed record InboxEntry(InboxTask Task, IReadOnlyList<string> People, bool IsOpen);
