namespace SelfImprove.Models;

/// <summary>A question to a model.</summary>
/// <param name="Messages">The conversation so far, at least one message.</param>
/// <param name="Tools">The tools it may call.</param>
public sealed record ModelRequest(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<ToolDefinition>? Tools = null)
{
    /// <summary>The last user message's text: what a classifier looks at.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string LastUserText => Messages.LastOrDefault(m => m.Role == "user")?.Text ?? "";
}
