using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Inbox;

/// <summary>A question to people: what should the agent have answered? Kept as <c>inbox/{agent}/{task}.json</c>; never changes.</summary>
public sealed record InboxTask
{
    /// <summary>The task's id.</summary>
    public required string Id { get; init; }

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The run that asks.</summary>
    public required string Run { get; init; }

    /// <summary>Its round.</summary>
    public required int Round { get; init; }

    /// <summary>What the answer is for: <c>train</c> or <c>validation</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>The tasks that are waited for together.</summary>
    public required string Group { get; init; }

    /// <summary>The orchestration that waits.</summary>
    public required string Instance { get; init; }

    /// <summary>The item: the interaction it comes from.</summary>
    public required string Item { get; init; }

    /// <summary>The input that the agent saw.</summary>
    public required IReadOnlyList<ChatMessage> Input { get; init; }

    /// <summary>The answers there are to choose from: labels or tool names; empty where the answer is free text.</summary>
    public required IReadOnlyList<string> Decisions { get; init; }

    /// <summary>The manifest revision that says what is a valid answer.</summary>
    public required int ManifestRevision { get; init; }

    /// <summary>How many people answer it.</summary>
    public required int People { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Until when an answer counts.</summary>
    public required DateTimeOffset Due { get; init; }
}
