namespace SelfImprove.Models;

/// <summary>A call of a tool.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">The arguments: a JSON object as text, <c>{}</c> where there are none.</param>
/// <param name="Id">The call's id, where one is known.</param>
public sealed record ToolCall(string Name, string Arguments = "{}", string? Id = null);
