using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Models;

namespace SelfImprove.Monitoring.Critic;

/// <summary>Checks an output against the manifest's task, deterministically. Says nothing about free text.</summary>
public static class OutputCheck
{
    /// <summary>Whether outputs of the task can be checked at all.</summary>
    public static bool Applies(TaskSettings task) => task.Output is TaskOutput.Label or TaskOutput.Tool;

    /// <summary>What is wrong with an output, for a person; null where nothing is.</summary>
    public static string? Refuse(TaskSettings task, AgentOutput output) => task.Output switch
    {
        TaskOutput.Label when output.ToolCalls is { Count: > 0 } => "called a tool where a label was expected",
        TaskOutput.Label when !task.Labels.Contains(output.Decision) => $"'{Short(output.Decision)}' is not a label of the task",
        TaskOutput.Tool when output.ToolCalls is not { Count: > 0 } => "called no tool",
        TaskOutput.Tool => output.ToolCalls!.SelectMany(c => ToolArguments.Check(task.Tools, c).Select(m => $"{c.Name}: {m}")).FirstOrDefault(),
        _ => null,
    };

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
