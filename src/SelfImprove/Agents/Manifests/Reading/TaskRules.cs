using System.Text.Json;
using System.Text.RegularExpressions;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>What must hold of the task: its labels, or its tools.</summary>
internal static partial class TaskRules
{
    public static void Check(AgentManifest manifest, MistakeList mistakes)
    {
        var task = manifest.Task;
        if (mistakes.IsBroken("task.output")) return;
        Only(mistakes, "task.labels", task.Labels.Count, task.Output == TaskOutput.Label, "output: label");
        Only(mistakes, "task.tools", task.Tools.Count, task.Output == TaskOutput.Tool, "output: tool");
        for (var i = 0; i < task.Labels.Count; i++)
        {
            var label = task.Labels[i];
            mistakes.Rule(label.Length > 0 && label == label.Trim(), $"task.labels[{i}]",
                label.Length == 0 ? "an empty text" : $"\"{SourceNode.Short(label)}\"", "a label without blanks around it");
        }
        ManifestRules.Unique(mistakes, "task.labels", "", task.Labels);
        CheckTools(task, mistakes);
        mistakes.Warn(task.Output == TaskOutput.Text && manifest.Student.Trainer == "builtin", "student.trainer", "builtin for free text",
            "another trainer: the built-in student chooses labels and tools only");
    }

    private static void CheckTools(TaskSettings task, MistakeList mistakes)
    {
        for (var i = 0; i < task.Tools.Count; i++)
        {
            var (at, tool) = ($"task.tools[{i}]", task.Tools[i]);
            mistakes.Rule(ToolName().IsMatch(tool.Name), $"{at}.name", SourceNode.Short(tool.Name), "1 to 64 of the characters A-Z, a-z, 0-9, '_' and '-'");
            if (tool.Parameters is not { } schema) continue;
            var isObject = schema.ValueKind == JsonValueKind.Object;
            mistakes.Rule(isObject, $"{at}.parameters", schema.ValueKind.ToString().ToLowerInvariant(), "a JSON schema of an object: type: object, properties: ...");
            if (!isObject) continue;
            mistakes.Rule(!schema.TryGetProperty("type", out var type) || (type.ValueKind == JsonValueKind.String && type.ValueEquals("object")),
                $"{at}.parameters.type", "another type", "object: a tool's arguments are one");
            mistakes.Rule(!schema.TryGetProperty("properties", out var properties) || properties.ValueKind == JsonValueKind.Object,
                $"{at}.parameters.properties", "no group of keys", "the arguments by name");
        }
        ManifestRules.Unique(mistakes, "task.tools", ".name", [.. task.Tools.Select(t => t.Name)]);
    }

    private static void Only(MistakeList mistakes, string path, int count, bool isWanted, string setting)
    {
        if (isWanted) mistakes.Rule(count >= 2, path, count == 0 ? "none" : "one", $"at least two with {setting}: with fewer there is nothing to decide");
        else mistakes.Rule(count == 0, path, $"a list of {count}", $"none, or {setting}");
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ToolName();
}
