using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SelfImprove.Agents.Tools;
using SelfImprove.Orchestration;

namespace SelfImprove.Models.Structured;

/// <summary>
/// A question whose answer is JSON by a schema, about content that others wrote. The content is data: it stands as JSON between two marks that no content can
/// foresee, for they depend on all of it, and whatever the model answers counts only where it fits the schema. Content can so argue its case; it can neither
/// close its quotation nor choose the form of the answer.
/// </summary>
/// <param name="Frame">The instructions; <c>{{mark}}</c> in them becomes the mark.</param>
/// <param name="Format">The answer's form.</param>
internal sealed record StructuredQuestion(string Frame, AnswerFormat Format)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>A format from a schema's text.</summary>
    public static AnswerFormat FormatOf(string name, string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return new AnswerFormat(name, document.RootElement.Clone());
    }

    /// <summary>The question about some content.</summary>
    /// <param name="salt">What makes the mark differ between two questions about the same content: the run and the item, say.</param>
    /// <param name="content">The content: serialised as JSON.</param>
    /// <param name="images">Images that belong to it.</param>
    public ModelRequest Ask(string salt, object content, IReadOnlyList<ContentPart>? images = null)
    {
        var quoted = JsonSerializer.Serialize(content, SeamJson.Indented);
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}\n{quoted}")))[..16];
        var data = $"<data-{mark}>\n{quoted}\n</data-{mark}>";
        var question = images is { Count: > 0 } ? new ChatMessage { Role = "user", Parts = [new ContentPart("text", data), .. images] } : ChatMessage.User(data);
        return new ModelRequest([ChatMessage.System(Frame.Replace("{{mark}}", mark, StringComparison.Ordinal)), question]) { Format = Format };
    }

    /// <summary>The answer where it fits the schema; otherwise why it does not.</summary>
    public (JsonElement? Value, string? Problem) Read(ModelAnswer answer)
    {
        if (answer.Refusal is { } refusal) return (null, $"it declined: {Short(refusal)}");
        if (answer.Output.ToolCalls is { Count: > 0 }) return (null, "it called a tool");
        try
        {
            using var document = JsonDocument.Parse(answer.Output.Text ?? "", Strict);
            return JsonSchemaCheck.Problem(Format.Schema, document.RootElement) is { } problem ? (null, $"its answer does not fit: {problem}") : (document.RootElement.Clone(), null);
        }
        catch (JsonException)
        {
            return (null, $"its answer is no JSON: {Short(answer.Output.Text ?? "")}");
        }
    }

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
