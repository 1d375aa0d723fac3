using SelfImprove.Models;

namespace SelfImprove.Agents.Manifests;

/// <summary>What the agent does. Improving never changes it: a candidate that uses a tool or a label outside of it fails.</summary>
public sealed record TaskSettings
{
    /// <summary>The form of the output.</summary>
    public TaskOutput Output { get; init; } = TaskOutput.Label;

    /// <summary>Of a label task: the labels there are.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Of a tool task: the tools there are.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>The system message that students and teachers get.</summary>
    public string? Instructions { get; init; }

    /// <summary>The decisions the agent may take: labels or tool names; empty where the output is free text.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<string> Decisions => Output switch
    {
        TaskOutput.Label => Labels,
        TaskOutput.Tool => [.. Tools.Select(t => t.Name)],
        _ => [],
    };
}
