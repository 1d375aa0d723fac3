using System.Text.Json.Serialization;

namespace SelfImprove.Models;

/// <summary>What an agent answers: text (a label is text too), or tool calls.</summary>
/// <param name="Text">The text; null where there are tool calls alone.</param>
/// <param name="ToolCalls">The tool calls; null or empty where there is text.</param>
public sealed record AgentOutput(string? Text = null, IReadOnlyList<ToolCall>? ToolCalls = null)
{
    /// <summary>A short name of what was decided: the first tool's name, or the trimmed text.</summary>
    [JsonIgnore]
    public string Decision => ToolCalls is { Count: > 0 } calls ? calls[0].Name : (Text ?? "").Trim();
}
