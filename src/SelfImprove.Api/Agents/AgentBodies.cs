namespace SelfImprove.Api.Agents;

/// <summary>A wish to go back to an earlier version.</summary>
public sealed record RollbackBody
{
    /// <summary>The version to serve; null for the champion before this one.</summary>
    public string? Version { get; init; }

    /// <summary>Why, for the record.</summary>
    public string? Reason { get; init; }

    /// <summary>Who; on a host with keys, the key's name instead.</summary>
    public string? By { get; init; }
}

/// <summary>What a version is made of: labelled texts to train a built-in student on, or a model that is there already; one of both.</summary>
public sealed record NewVersionBody
{
    /// <summary>The texts; null with <see cref="Model"/>.</summary>
    public IReadOnlyList<LabelledRow>? Rows { get; init; }

    /// <summary>The model's reference, <c>openai:main/student</c>; null with <see cref="Rows"/>.</summary>
    public string? Model { get; init; }

    /// <summary>Who; on a host with keys, the key's name instead.</summary>
    public string? By { get; init; }
}

/// <summary>A labelled text.</summary>
/// <param name="Text">What a user might say.</param>
/// <param name="Label">What the agent should decide: a label or a tool's name of its manifest.</param>
public sealed record LabelledRow(string Text, string Label);
