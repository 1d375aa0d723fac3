using System.Text.Json;

namespace SelfImprove.Models;

/// <summary>A tool that an agent may call.</summary>
/// <param name="Name">Its name: <c>[A-Za-z0-9_-]{1,64}</c>.</param>
/// <param name="Description">What it does, for the model.</param>
/// <param name="Parameters">The JSON schema of its arguments.</param>
public sealed record ToolDefinition(string Name, string? Description = null, JsonElement? Parameters = null);
