using System.Text.Json;
using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>What a chat request says about the answer's form: streaming, tools, length, schema.</summary>
internal struct ChatOptions
{
    private static readonly AnswerFormat AnyObject = new("object", JsonSerializer.SerializeToElement(new { type = "object" }), Strict: false);

    public bool Stream { get; private set; }

    public bool IncludeUsage { get; private set; }

    public ToolChoice? ToolChoice { get; private set; }

    public AnswerFormat? Format { get; private set; }

    public double? Temperature { get; private set; }

    public long? Seed { get; private set; }

    public int? MaxOutputTokens { get; private set; }

    /// <summary>Reads the property at hand; false where it is none of these.</summary>
    /// <exception cref="ChatRequestException">It is wrong.</exception>
    public bool TryRead(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("stream"u8)) Stream = Flag(ref json, "stream");
        else if (json.ValueTextEquals("stream_options"u8)) IncludeUsage = StreamOptions(ref json);
        else if (json.ValueTextEquals("tool_choice"u8)) ToolChoice = Choice(ref json);
        else if (json.ValueTextEquals("response_format"u8)) Format = ReadFormat(ref json);
        else if (json.ValueTextEquals("temperature"u8)) Temperature = Number(ref json, "temperature", 0, 2);
        else if (json.ValueTextEquals("seed"u8)) Seed = Whole(ref json, "seed", long.MinValue);
        else if (json.ValueTextEquals("max_completion_tokens"u8)) MaxOutputTokens = Tokens(ref json, "max_completion_tokens") ?? MaxOutputTokens;
        else if (json.ValueTextEquals("max_tokens"u8)) MaxOutputTokens ??= Tokens(ref json, "max_tokens");
        else return false;
        return true;
    }

    private static bool Flag(ref Utf8JsonReader json, string at)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            _ => throw new ChatRequestException(at, "expected true or false"),
        };
    }

    private static bool StreamOptions(ref Utf8JsonReader json)
    {
        if (!ChatRequestReader.BeginOrNull(ref json, JsonTokenType.StartObject, "stream_options", "an object")) return false;
        var usage = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("include_usage"u8)) usage = Flag(ref json, "stream_options.include_usage");
            else ChatRequestReader.Pass(ref json);
        }
        return usage;
    }

    private static ToolChoice? Choice(ref Utf8JsonReader json)
    {
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.Null: return null;
            case JsonTokenType.String when json.ValueTextEquals("auto"u8): return new ToolChoice(ToolUse.Auto);
            case JsonTokenType.String when json.ValueTextEquals("none"u8): return new ToolChoice(ToolUse.None);
            case JsonTokenType.String when json.ValueTextEquals("required"u8): return new ToolChoice(ToolUse.Required);
            case JsonTokenType.StartObject: break;
            default: throw new ChatRequestException("tool_choice", "expected auto, none, required, or an object that names a function");
        }
        string? name = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.ValueTextEquals("function"u8))
            {
                ChatRequestReader.Pass(ref json);
                continue;
            }
            ChatRequestReader.Begin(ref json, JsonTokenType.StartObject, "tool_choice.function", "an object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("name"u8)) name = ChatRequestReader.Text(ref json, "tool_choice.function.name");
                else ChatRequestReader.Pass(ref json);
            }
        }
        return new ToolChoice(ToolUse.Required, name ?? throw new ChatRequestException("tool_choice.function.name", "is missing; only functions are taken"));
    }

    private static AnswerFormat? ReadFormat(ref Utf8JsonReader json)
    {
        if (!ChatRequestReader.BeginOrNull(ref json, JsonTokenType.StartObject, "response_format", "an object")) return null;
        string? type = null;
        AnswerFormat? schema = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8)) type = ChatRequestReader.Text(ref json, "response_format.type");
            else if (json.ValueTextEquals("json_schema"u8)) schema = Schema(ref json);
            else ChatRequestReader.Pass(ref json);
        }
        return type switch
        {
            "text" => null,
            "json_object" => AnyObject,
            "json_schema" => schema ?? throw new ChatRequestException("response_format.json_schema", "is missing"),
            _ => throw new ChatRequestException("response_format.type", "expected text, json_object or json_schema"),
        };
    }

    private static AnswerFormat Schema(ref Utf8JsonReader json)
    {
        const string At = "response_format.json_schema";
        ChatRequestReader.Begin(ref json, JsonTokenType.StartObject, At, "an object");
        string? name = null;
        JsonElement? schema = null;
        var strict = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("name"u8)) name = ChatRequestReader.Text(ref json, At + ".name");
            else if (json.ValueTextEquals("strict"u8)) strict = Flag(ref json, At + ".strict");
            else if (json.ValueTextEquals("schema"u8))
            {
                json.Read();
                schema = JsonElement.ParseValue(ref json);
            }
            else ChatRequestReader.Pass(ref json);
        }
        if (name is not { Length: > 0 and <= 64 } || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new ChatRequestException(At + ".name", "expected 1 to 64 of the characters A-Z a-z 0-9 _ -");
        if (schema is not { ValueKind: JsonValueKind.Object } given) throw new ChatRequestException(At + ".schema", "expected a JSON schema (an object)");
        return new AnswerFormat(name, given, strict);
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static double? Number(ref Utf8JsonReader json, string at, double least, double most)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null) return null;
        return json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var value) && value >= least && value <= most
            ? value
            : throw new ChatRequestException(at, $"expected a number from {least} to {most}");
    }

    private static long? Whole(ref Utf8JsonReader json, string at, long least)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null) return null;
        return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var value) && value >= least
            ? value
            : throw new ChatRequestException(at, "expected a whole number" + (least == 1 ? " of 1 or more" : ""));
    }

    private static int? Tokens(ref Utf8JsonReader json, string at) => Whole(ref json, at, 1) is { } tokens ? (int)Math.Min(tokens, int.MaxValue) : null;
}
