using System.Text.Json;
using SelfImprove.Api.Bodies;
using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>
/// Reads the body of <c>/v1/chat/completions</c> straight from its bytes. What is not for us (penalties and the like) is passed over; what we would have
/// to do otherwise than asked (several choices) is refused.
/// </summary>
internal static class ChatRequestReader
{
    private const int MaxMessages = 1024;
    private const int MaxTools = 256;

    /// <exception cref="ChatRequestException">A field is missing or wrong.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static GatewayRequest Read(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new ChatRequestException("body", "expected a JSON object");
        string? model = null, user = null;
        List<ChatMessage>? messages = null;
        List<ToolDefinition>? tools = null;
        Dictionary<string, string>? metadata = null;
        var options = new ChatOptions();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("model"u8)) model = Text(ref json, "model");
            else if (json.ValueTextEquals("messages"u8)) messages = Messages(ref json);
            else if (json.ValueTextEquals("user"u8)) user = TextOrNull(ref json, "user");
            else if (json.ValueTextEquals("tools"u8)) tools = Tools(ref json);
            else if (json.ValueTextEquals("metadata"u8)) metadata = Metadata(ref json);
            else if (json.ValueTextEquals("n"u8)) RefuseChoices(ref json);
            else if (!options.TryRead(ref json)) Pass(ref json);
        }
        if (json.Read()) throw new ChatRequestException("body", "expected one JSON object and nothing after it");
        if (string.IsNullOrEmpty(model)) throw new ChatRequestException("model", "is missing; it names the agent");
        if (messages is not { Count: > 0 }) throw new ChatRequestException("messages", "is missing or empty; expected at least one message");
        if (options.ToolChoice?.Tool is { } chosen && tools?.Exists(t => t.Name == chosen) == false)
            throw new ChatRequestException("tool_choice", $"names the tool '{Problems.ApiProblems.Short(chosen)}', which is not among tools");
        return new GatewayRequest
        {
            Agent = model,
            Messages = messages,
            Tools = tools is { Count: > 0 } ? tools : null,
            ToolChoice = options.ToolChoice,
            Format = options.Format,
            Temperature = options.Temperature,
            Seed = options.Seed,
            MaxOutputTokens = options.MaxOutputTokens,
            Stream = options.Stream,
            IncludeUsage = options.IncludeUsage,
            Key = user is { Length: > 0 } ? user : null,
            Episode = metadata?.Remove("episode", out var episode) == true ? episode : null,
            Group = metadata?.Remove("group", out var group) == true ? group : null,
            Tags = metadata is { Count: > 0 } ? metadata : null,
        };
    }

    private static List<ChatMessage> Messages(ref Utf8JsonReader json)
    {
        Begin(ref json, JsonTokenType.StartArray, "messages", "an array of messages");
        var messages = new List<ChatMessage>(4);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (messages.Count == MaxMessages) throw new ChatRequestException("messages", $"has more than {MaxMessages} messages");
            messages.Add(ChatMessageReader.Read(ref json, messages.Count));
        }
        return messages;
    }

    private static List<ToolDefinition>? Tools(ref Utf8JsonReader json)
    {
        if (!BeginOrNull(ref json, JsonTokenType.StartArray, "tools", "an array of tools")) return null;
        var tools = new List<ToolDefinition>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var at = $"tools[{tools.Count}]";
            if (tools.Count == MaxTools) throw new ChatRequestException("tools", $"has more than {MaxTools} tools");
            if (json.TokenType != JsonTokenType.StartObject) throw new ChatRequestException(at, "expected an object");
            ToolDefinition? tool = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("function"u8)) tool = Tool(ref json, at + ".function");
                else Pass(ref json);
            }
            tools.Add(tool ?? throw new ChatRequestException(at + ".function", "is missing; only function tools are taken"));
        }
        return tools;
    }

    private static ToolDefinition Tool(ref Utf8JsonReader json, string at)
    {
        Begin(ref json, JsonTokenType.StartObject, at, "an object");
        string? name = null, description = null;
        JsonElement? parameters = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("name"u8)) name = Text(ref json, at + ".name");
            else if (json.ValueTextEquals("description"u8)) description = TextOrNull(ref json, at + ".description");
            else if (json.ValueTextEquals("parameters"u8))
            {
                json.Read();
                parameters = JsonElement.ParseValue(ref json);
                if (parameters.Value.ValueKind != JsonValueKind.Object) throw new ChatRequestException(at + ".parameters", "expected a JSON schema (an object)");
            }
            else Pass(ref json);
        }
        if (name is not { Length: > 0 and <= 128 }) throw new ChatRequestException(at + ".name", "expected 1 to 128 characters");
        return new ToolDefinition(name, description, parameters);
    }

    private static Dictionary<string, string>? Metadata(ref Utf8JsonReader json)
    {
        if (!BeginOrNull(ref json, JsonTokenType.StartObject, "metadata", "an object of strings")) return null;
        var metadata = new Dictionary<string, string>(4, StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            metadata[name] = Text(ref json, $"metadata.{Problems.ApiProblems.Short(name)}");
        }
        return metadata;
    }

    private static void RefuseChoices(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null || (json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var n) && n == 1)) return;
        throw new ChatRequestException("n", "only one choice is given; leave it out, or send 1");
    }

    internal static void Begin(ref Utf8JsonReader json, JsonTokenType type, string at, string expected)
    {
        json.Read();
        if (json.TokenType != type) throw new ChatRequestException(at, $"expected {expected}");
    }

    internal static bool BeginOrNull(ref Utf8JsonReader json, JsonTokenType type, string at, string expected)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null) return false;
        return json.TokenType == type ? true : throw new ChatRequestException(at, $"expected {expected}");
    }

    internal static string Text(ref Utf8JsonReader json, string at) =>
        TextOrNull(ref json, at) ?? throw new ChatRequestException(at, "expected a string, found null");

    internal static string? TextOrNull(ref Utf8JsonReader json, string at)
    {
        json.Read();
        try
        {
            return json.TokenType switch
            {
                JsonTokenType.String => json.GetString(),
                JsonTokenType.Null => null,
                _ => throw new ChatRequestException(at, "expected a string"),
            };
        }
        catch (InvalidOperationException)
        {
            // Bytes or an escape that are no Unicode text.
            throw new ChatRequestException(at, "is no valid Unicode text");
        }
    }

    internal static void Pass(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }
}
