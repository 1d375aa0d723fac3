namespace SelfImprove.Models;

/// <summary>One message of a conversation. Text alone is in <see cref="Content"/>; where there are images, <see cref="Parts"/> has everything.</summary>
public sealed record ChatMessage
{
    /// <summary><c>system</c>, <c>developer</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The text; null where there are only parts or tool calls.</summary>
    public string? Content { get; init; }

    /// <summary>Text and image parts, in order; null where <see cref="Content"/> says it all.</summary>
    public IReadOnlyList<ContentPart>? Parts { get; init; }

    /// <summary>The calls that an assistant made.</summary>
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }

    /// <summary>Of a tool's answer: the call it answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>All text of the message: <see cref="Content"/>, or the text parts joined by line breaks; empty where there is none.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Text => Content ?? string.Join('\n', (Parts ?? []).Select(p => p.Text).Where(t => t is not null));

    /// <summary>A user's message of plain text.</summary>
    public static ChatMessage User(string text) => new() { Role = "user", Content = text };

    /// <summary>A system message.</summary>
    public static ChatMessage System(string text) => new() { Role = "system", Content = text };
}
