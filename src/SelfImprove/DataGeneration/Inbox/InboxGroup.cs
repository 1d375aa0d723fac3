using SelfImprove.DataGeneration.Labelling;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>The inbox tasks of one piece of labelling.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Group"><c>{run}-{purpose}-{round}-{hash}</c>.</param>
public sealed record InboxGroup(string Agent, string Group)
{
    internal const int Quarters = 4;

    /// <summary>A task's id: the same for the same item of the same question.</summary>
    public static string TaskId(string group, string item) => $"{group}-{LabelFiles.Hash(item, 16)}";

    /// <summary>The event that nudges the waiting orchestration during a quarter (1 to 4) of its waiting time.</summary>
    public static string EventName(string group, int quarter) => $"inbox-{group}-{quarter}";
}
