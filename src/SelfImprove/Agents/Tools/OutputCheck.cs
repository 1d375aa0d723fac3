using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;

namespace SelfImprove.Agents.Tools;

/// <summary>
/// Whether an output is one that the agent may give: within the manifest's labels or tools, arguments valid. Deterministic. Arguments come from models and
/// from outside: they are read to a depth of 32, and a key that is there twice is refused, because readers disagree which of the two counts.
/// </summary>
public static class OutputCheck
{
    private const int MaxDepth = 32;
    private const int MaxShown = 60;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Whether the task's outputs can be wrong in more than being empty; free text cannot.</summary>
    /// <param name="task">What the agent does.</param>
    public static bool Applies(TaskSettings task) => task.Output is TaskOutput.Label or TaskOutput.Tool;

    /// <summary>What is wrong, for a person; null where nothing is.</summary>
    /// <param name="task">What the agent does.</param>
    /// <param name="output">The output.</param>
    /// <param name="checkArguments">Whether tool arguments must fit the tool's schema; false for students that only choose the tool.</param>
    public static string? Problem(TaskSettings task, AgentOutput output, bool checkArguments = true) => task.Output switch
    {
        TaskOutput.Label => LabelProblem(task, output),
        TaskOutput.Tool => ToolProblem(task, output, checkArguments),
        _ => string.IsNullOrWhiteSpace(output.Text) ? "There is no text; the agent answers with text." : null,
    };

    private static string? LabelProblem(TaskSettings task, AgentOutput output)
    {
        if (output.ToolCalls is { Count: > 0 }) return "There is a tool call; the agent answers with a label.";
        return task.Labels.Contains(output.Decision, StringComparer.Ordinal)
            ? null
            : $"'{Short(output.Decision)}' is none of the agent's {task.Labels.Count} labels.";
    }

    private static string? ToolProblem(TaskSettings task, AgentOutput output, bool checkArguments)
    {
        if (output.ToolCalls is not { Count: > 0 } calls) return "There is no tool call; the agent answers with one.";
        foreach (var call in calls)
        {
            if (task.Tools.FirstOrDefault(t => t.Name == call.Name) is not { } tool) return $"'{Short(call.Name)}' is none of the agent's {task.Tools.Count} tools.";
            if (ArgumentsProblem(tool, call.Arguments, checkArguments) is { } problem) return $"The arguments of '{call.Name}' are wrong: {problem}.";
        }
        return null;
    }

    private static string? ArgumentsProblem(ToolDefinition tool, string arguments, bool checkSchema)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "a JSON object was expected";
            return checkSchema && tool.Parameters is { } schema ? JsonSchemaCheck.Problem(schema, document.RootElement) : null;
        }
        catch (JsonException e)
        {
            return $"no JSON: {e.Message.TrimEnd('.')}";
        }
    }

    private static string Short(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "...";
}
