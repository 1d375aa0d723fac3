using System.Text.Json;
using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>Reads one message of a chat request: text, parts, tool calls. Images are kept by reference; nothing is ever fetched.</summary>
internal static class ChatMessageReader
{
    private const int MaxParts = 256;
    private const int MaxCalls = 128;

    public static ChatMessage Read(ref Utf8JsonReader json, int index)
    {
        var at = index == 0 ? "messages[0]" : $"messages[{index}]";
        if (json.TokenType != JsonTokenType.StartObject) throw new ChatRequestException(at, "expected an object");
        string? role = null, content = null, callId = null;
        List<ContentPart>? parts = null;
        List<ToolCall>? calls = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("role"u8)) role = Role(ref json, at);
            else if (json.ValueTextEquals("content"u8)) (content, parts) = Content(ref json, at);
            else if (json.ValueTextEquals("tool_calls"u8)) calls = Calls(ref json, at);
            else if (json.ValueTextEquals("tool_call_id"u8)) callId = ChatRequestReader.TextOrNull(ref json, at + ".tool_call_id");
            else ChatRequestReader.Pass(ref json);
        }
        if (role is null) throw new ChatRequestException(at + ".role", "is missing");
        if (content is null && parts is null && calls is not { Count: > 0 }) throw new ChatRequestException(at + ".content", "is missing");
        return new ChatMessage { Role = role, Content = content, Parts = parts, ToolCalls = calls, ToolCallId = callId };
    }

    private static string Role(ref Utf8JsonReader json, string at)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
        {
            if (json.ValueTextEquals("user"u8)) return "user";
            if (json.ValueTextEquals("system"u8)) return "system";
            if (json.ValueTextEquals("assistant"u8)) return "assistant";
            if (json.ValueTextEquals("tool"u8)) return "tool";
            if (json.ValueTextEquals("developer"u8)) return "developer";
        }
        throw new ChatRequestException(at + ".role", "expected system, developer, user, assistant or tool");
    }

    private static (string? Content, List<ContentPart>? Parts) Content(ref Utf8JsonReader json, string at)
    {
        if (!json.Read() || json.TokenType is not (JsonTokenType.String or JsonTokenType.Null or JsonTokenType.StartArray))
            throw new ChatRequestException(at + ".content", "expected a string or an array of parts");
        if (json.TokenType == JsonTokenType.Null) return (null, null);
        if (json.TokenType == JsonTokenType.String)
        {
            try
            {
                return (json.GetString(), null);
            }
            catch (InvalidOperationException)
            {
                throw new ChatRequestException(at + ".content", "is no valid Unicode text");
            }
        }
        var parts = new List<ContentPart>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (parts.Count == MaxParts) throw new ChatRequestException(at + ".content", $"has more than {MaxParts} parts");
            parts.Add(Part(ref json, $"{at}.content[{parts.Count}]"));
        }
        if (parts.Count == 0) throw new ChatRequestException(at + ".content", "has no parts");
        return (null, parts);
    }

    private static ContentPart Part(ref Utf8JsonReader json, string at)
    {
        if (json.TokenType != JsonTokenType.StartObject) throw new ChatRequestException(at, "expected an object");
        string? type = null, text = null, url = null, detail = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8)) type = ChatRequestReader.Text(ref json, at + ".type");
            else if (json.ValueTextEquals("text"u8)) text = ChatRequestReader.TextOrNull(ref json, at + ".text");
            else if (json.ValueTextEquals("image_url"u8)) (url, detail) = Image(ref json, at + ".image_url");
            else ChatRequestReader.Pass(ref json);
        }
        return type switch
        {
            "text" when text is not null => new ContentPart("text", text),
            "image_url" when url is not null => new ContentPart("image_url", null, url, detail),
            "text" => throw new ChatRequestException(at + ".text", "is missing"),
            "image_url" => throw new ChatRequestException(at + ".image_url.url", "is missing"),
            _ => throw new ChatRequestException(at + ".type", "expected text or image_url"),
        };
    }

    private static (string? Url, string? Detail) Image(ref Utf8JsonReader json, string at)
    {
        ChatRequestReader.Begin(ref json, JsonTokenType.StartObject, at, "an object with url");
        string? url = null, detail = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("url"u8)) url = ChatRequestReader.Text(ref json, at + ".url");
            else if (json.ValueTextEquals("detail"u8)) detail = ChatRequestReader.TextOrNull(ref json, at + ".detail");
            else ChatRequestReader.Pass(ref json);
        }
        return (url, detail);
    }

    private static List<ToolCall>? Calls(ref Utf8JsonReader json, string at)
    {
        if (!ChatRequestReader.BeginOrNull(ref json, JsonTokenType.StartArray, at + ".tool_calls", "an array")) return null;
        var calls = new List<ToolCall>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var call = $"{at}.tool_calls[{calls.Count}]";
            if (calls.Count == MaxCalls) throw new ChatRequestException(at + ".tool_calls", $"has more than {MaxCalls} calls");
            if (json.TokenType != JsonTokenType.StartObject) throw new ChatRequestException(call, "expected an object");
            string? id = null, name = null, arguments = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("id"u8)) id = ChatRequestReader.TextOrNull(ref json, call + ".id");
                else if (json.ValueTextEquals("function"u8)) (name, arguments) = Function(ref json, call + ".function");
                else ChatRequestReader.Pass(ref json);
            }
            calls.Add(new ToolCall(name ?? throw new ChatRequestException(call + ".function.name", "is missing"), arguments ?? "{}", id));
        }
        return calls;
    }

    private static (string? Name, string? Arguments) Function(ref Utf8JsonReader json, string at)
    {
        ChatRequestReader.Begin(ref json, JsonTokenType.StartObject, at, "an object");
        string? name = null, arguments = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("name"u8)) name = ChatRequestReader.Text(ref json, at + ".name");
            else if (json.ValueTextEquals("arguments"u8)) arguments = ChatRequestReader.Text(ref json, at + ".arguments");
            else ChatRequestReader.Pass(ref json);
        }
        return (name, arguments);
    }
}
