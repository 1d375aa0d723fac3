using System.Text.Json;
using System.Text.Json.Nodes;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Filters;

/// <summary>Applies a redactor to messages and outputs; tool arguments stay valid JSON.</summary>
internal static class MessageRedaction
{
    public static (IReadOnlyList<ChatMessage> Messages, int Count) Redact(ITextRedactor redactor, IReadOnlyList<ChatMessage> messages)
    {
        var count = 0;
        var result = new List<ChatMessage>(messages.Count);
        foreach (var message in messages)
        {
            result.Add(message with
            {
                Content = Text(redactor, message.Content, ref count),
                Parts = message.Parts is null ? null : RedactParts(redactor, message.Parts, ref count),
                ToolCalls = message.ToolCalls is null ? null : RedactCalls(redactor, message.ToolCalls, ref count),
            });
        }
        return (count == 0 ? messages : result, count);
    }

    public static (AgentOutput Output, int Count) Redact(ITextRedactor redactor, AgentOutput output)
    {
        var count = 0;
        var result = new AgentOutput(Text(redactor, output.Text, ref count), output.ToolCalls is null ? null : RedactCalls(redactor, output.ToolCalls, ref count));
        return (count == 0 ? output : result, count);
    }

    private static List<ContentPart> RedactParts(ITextRedactor redactor, IReadOnlyList<ContentPart> parts, ref int count)
    {
        var result = new List<ContentPart>(parts.Count);
        foreach (var part in parts) result.Add(part with { Text = Text(redactor, part.Text, ref count) });
        return result;
    }

    private static List<ToolCall> RedactCalls(ITextRedactor redactor, IReadOnlyList<ToolCall> calls, ref int count)
    {
        var result = new List<ToolCall>(calls.Count);
        foreach (var call in calls) result.Add(call with { Arguments = Arguments(redactor, call.Arguments, ref count) });
        return result;
    }

    private static string Arguments(ITextRedactor redactor, string arguments, ref int count)
    {
        try
        {
            var before = count;
            var node = Redact(redactor, JsonNode.Parse(arguments), ref count);
            return count == before ? arguments : node?.ToJsonString(Orchestration.SeamJson.Options) ?? "null";
        }
        catch (JsonException)
        {
            return Text(redactor, arguments, ref count)!;
        }
    }

    private static JsonNode? Redact(ITextRedactor redactor, JsonNode? node, ref int count)
    {
        switch (node)
        {
            case JsonObject o:
                var copy = new JsonObject();
                foreach (var (name, value) in o) copy[name] = Redact(redactor, value, ref count);
                return copy;
            case JsonArray a:
                var items = new JsonArray();
                foreach (var item in a) items.Add(Redact(redactor, item, ref count));
                return items;
            case JsonValue v when v.GetValueKind() is JsonValueKind.String or JsonValueKind.Number:
                var text = v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : v.ToJsonString();
                var redacted = redactor.Redact(text);
                count += redacted.Count;
                return redacted.Count > 0 ? JsonValue.Create(redacted.Text) : v.DeepClone();
            default:
                return node?.DeepClone();
        }
    }

    private static string? Text(ITextRedactor redactor, string? text, ref int count)
    {
        if (text is null) return null;
        var redacted = redactor.Redact(text);
        count += redacted.Count;
        return redacted.Text;
    }
}
