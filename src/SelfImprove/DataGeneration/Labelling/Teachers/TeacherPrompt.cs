using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.Labelling.Teachers;

/// <summary>
/// How a model is asked to teach, and how its answer is read. A built-in student is asked what the agent would be asked. A language model gets
/// the conversation as quoted data between marks that depend on its content, so that no input can close the quotation and give orders.
/// </summary>
internal static class TeacherPrompt
{
    private const string None = "NONE";
    private const string Builtin = "builtin:";
    private static readonly string Frame = EmbeddedText.Read("Labelling.Prompts.teacher.txt");

    /// <summary>The question.</summary>
    public static ModelRequest Ask(AgentManifest manifest, TeacherSettings teacher, LabelItem item)
    {
        var task = manifest.Task;
        var tools = task.Output == TaskOutput.Tool ? task.Tools : null;
        if (teacher.Model?.StartsWith(Builtin, StringComparison.Ordinal) == true) return new ModelRequest(SftFormat.Messages(task.Instructions, item.Input), tools);
        var quoted = JsonSerializer.Serialize(item.Input.Select(m => m with { Parts = m.Parts?.Where(p => p.ImageUrl is null).ToList() }), SeamJson.Indented);
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(quoted)))[..12];
        var instructions = Frame
            .Replace("{{description}}", manifest.Description, StringComparison.Ordinal)
            .Replace("{{instructions}}", task.Instructions ?? "", StringComparison.Ordinal)
            .Replace("{{form}}", Form(task), StringComparison.Ordinal)
            .Replace("{{mark}}", mark, StringComparison.Ordinal);
        var data = $"<data-{mark}>\n{quoted}\n</data-{mark}>";
        var images = item.Input.SelectMany(m => m.Parts ?? []).Where(p => p.ImageUrl is not null).ToList();
        var question = images.Count == 0 ? ChatMessage.User(data) : new ChatMessage { Role = "user", Parts = [new ContentPart("text", data), .. images] };
        return new ModelRequest([ChatMessage.System(instructions), question], tools);
    }

    /// <summary>
    /// The answer: labels in the manifest's own spelling; a stated "none fits" is a refusal. It costs what the manifest says, or, where that says nothing,
    /// what the model says.
    /// </summary>
    public static TeacherAnswer Read(TaskSettings task, TeacherSettings teacher, LabelItem item, ModelAnswer answer)
    {
        var result = new TeacherAnswer(item.Id, teacher.Name, answer.Output, $"teacher:{teacher.Name}", answer.Confidence, teacher.Price > 0 ? teacher.Price : answer.CostUsd);
        if (answer.Refusal is not null) return result with { Output = null, Refusal = answer.Refusal };
        if (answer.Output.ToolCalls is { Count: > 0 }) return result;
        var text = (answer.Output.Text ?? "").Trim();
        if (text.Length == 0) return result with { Output = null, Refusal = "an empty answer" };
        if (task.Output == TaskOutput.Label)
        {
            var bare = text.Trim('"', '\'', '`', '.', ' ');
            if (task.Labels.FirstOrDefault(l => l.Equals(bare, StringComparison.OrdinalIgnoreCase)) is { } label)
                return result with { Output = new AgentOutput(label) };
        }
        return text is None ? result with { Output = null, Refusal = "it says that no output fits" } : result with { Output = new AgentOutput(text) };
    }

    private static string Form(TaskSettings task) => task.Output switch
    {
        TaskOutput.Label => EmbeddedText.Read("Labelling.Prompts.form-label.txt").Replace("{{labels}}", string.Join('\n', task.Labels), StringComparison.Ordinal),
        TaskOutput.Tool => EmbeddedText.Read("Labelling.Prompts.form-tool.txt"),
        _ => EmbeddedText.Read("Labelling.Prompts.form-text.txt"),
    };
}
