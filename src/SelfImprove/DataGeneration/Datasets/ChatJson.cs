using System.Text.Json;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>Messages, tool calls and tools in the form of OpenAI's chat files.</summary>
internal static class ChatJson
{
    public static void WriteMessage(Utf8JsonWriter json, ChatMessage message, double? weight = null)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role);
        if (message.ToolCallId is not null) json.WriteString("tool_call_id", message.ToolCallId);
        if (message.Parts is { Count: > 0 } parts)
        {
            json.WriteStartArray("content");
            foreach (var part in parts) WritePart(json, part);
            json.WriteEndArray();
        }
        else if (message.Content is not null)
        {
            json.WriteString("content", message.Content);
        }
        if (message.ToolCalls is { Count: > 0 } calls) WriteCalls(json, calls);
        if (weight is { } w) json.WriteNumber("weight", w);
        json.WriteEndObject();
    }

    public static ChatMessage Answer(AgentOutput output) =>
        new() { Role = "assistant", Content = output.Text, ToolCalls = output.ToolCalls is { Count: > 0 } calls ? calls : null };

    public static void WriteTools(Utf8JsonWriter json, IReadOnlyList<ToolDefinition> tools)
    {
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            if (tool.Description is not null) json.WriteString("description", tool.Description);
            if (tool.Parameters is { } parameters)
            {
                json.WritePropertyName("parameters");
                parameters.WriteTo(json);
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static ChatMessage ReadMessage(JsonElement json)
    {
        var content = json.TryGetProperty("content", out var c) ? c : default;
        return new ChatMessage
        {
            Role = json.GetProperty("role").GetString()!,
            Content = content.ValueKind == JsonValueKind.String ? content.GetString() : null,
            Parts = content.ValueKind == JsonValueKind.Array ? [.. content.EnumerateArray().Select(ReadPart)] : null,
            ToolCalls = json.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array
                ? [.. calls.EnumerateArray().Select(ReadCall)]
                : null,
            ToolCallId = json.TryGetProperty("tool_call_id", out var id) ? id.GetString() : null,
        };
    }

    public static ToolDefinition ReadTool(JsonElement json)
    {
        var function = json.GetProperty("function");
        return new ToolDefinition(
            function.GetProperty("name").GetString()!,
            function.TryGetProperty("description", out var d) ? d.GetString() : null,
            function.TryGetProperty("parameters", out var p) ? p.Clone() : null);
    }

    private static void WritePart(Utf8JsonWriter json, ContentPart part)
    {
        json.WriteStartObject();
        json.WriteString("type", part.Type);
        if (part.Text is not null) json.WriteString("text", part.Text);
        if (part.ImageUrl is not null)
        {
            json.WriteStartObject("image_url");
            json.WriteString("url", part.ImageUrl);
            if (part.Detail is not null) json.WriteString("detail", part.Detail);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, IReadOnlyList<ToolCall> calls)
    {
        json.WriteStartArray("tool_calls");
        for (var i = 0; i < calls.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("id", calls[i].Id ?? $"call_{i + 1}");
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", calls[i].Name);
            json.WriteString("arguments", calls[i].Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static ContentPart ReadPart(JsonElement json)
    {
        var image = json.TryGetProperty("image_url", out var i) ? i : default;
        return new ContentPart(
            json.GetProperty("type").GetString()!,
            json.TryGetProperty("text", out var text) ? text.GetString() : null,
            image.ValueKind == JsonValueKind.Object ? image.GetProperty("url").GetString() : null,
            image.ValueKind == JsonValueKind.Object && image.TryGetProperty("detail", out var detail) ? detail.GetString() : null);
    }

    private static ToolCall ReadCall(JsonElement json)
    {
        var function = json.GetProperty("function");
        return new ToolCall(
            function.GetProperty("name").GetString()!,
            function.TryGetProperty("arguments", out var arguments) ? arguments.GetString() ?? "{}" : "{}",
            json.TryGetProperty("id", out var id) ? id.GetString() : null);
    }
}
