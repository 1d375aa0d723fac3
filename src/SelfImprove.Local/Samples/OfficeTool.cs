using System.Text.Json;

namespace SelfImprove.Local.Samples;

/// <summary>A tool that the sample agent chooses.</summary>
/// <param name="Name">Its name, the label of its requests.</param>
/// <param name="Description">What it does, one sentence.</param>
/// <param name="Parameters">JSON schema of its arguments.</param>
public sealed record OfficeTool(string Name, string Description, JsonElement Parameters);
