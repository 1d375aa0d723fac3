using System.Text.Json;
using SelfImprove.Models;

namespace SelfImprove.Agents.Tools;

/// <summary>
/// Checks a call's arguments against its tool's JSON schema. Understood: <c>type</c> (a name or several), <c>properties</c>, <c>required</c>,
/// <c>additionalProperties: false</c>, <c>enum</c>, <c>const</c>, <c>items</c>, <c>minItems</c>, <c>maxItems</c>, <c>minimum</c>, <c>maximum</c>, <c>minLength</c>, <c>maxLength</c>. Anything else in a
/// schema is not checked, patterns least of all: they come from outside.
/// </summary>
public static class ToolArguments
{
    private const int MaxDepth = 32;
    private const int MaxMistakes = 8;

    /// <summary>Checks a call against the tools there are.</summary>
    /// <returns>What is wrong, each with its place; empty where nothing is.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<ToolDefinition> tools, ToolCall call) =>
        tools.FirstOrDefault(t => t.Name == call.Name) is { } tool
            ? Check(tool, call.Arguments)
            : [$"there is no tool '{call.Name}'; expected one of {string.Join(", ", tools.Select(t => t.Name))}"];

    /// <summary>Checks arguments against one tool's schema; a tool without one takes any JSON object.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The arguments as text.</param>
    /// <returns>What is wrong, each with its place, at most 8; empty where nothing is.</returns>
    public static IReadOnlyList<string> Check(ToolDefinition tool, string arguments)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(arguments, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            return [$"arguments: no valid JSON: {e.Message}"];
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object) return [$"arguments: expected a JSON object, found {NameOf(document.RootElement)}"];
            var mistakes = new List<string>();
            if (tool.Parameters is { ValueKind: JsonValueKind.Object } schema) Check(schema, document.RootElement, "arguments", mistakes);
            return mistakes;
        }
    }

    private static void Check(JsonElement schema, JsonElement value, string at, List<string> mistakes)
    {
        if (schema.ValueKind != JsonValueKind.Object || mistakes.Count >= MaxMistakes) return;
        if (schema.TryGetProperty("type", out var type) && !IsOfType(type, value))
        {
            mistakes.Add($"{at}: expected {TypeText(type)}, found {NameOf(value)}");
            return;
        }
        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array && !values.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)))
            mistakes.Add($"{at}: {Short(value)} is none of {Short(values)}");
        if (schema.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value)) mistakes.Add($"{at}: expected {Short(constant)}, found {Short(value)}");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(schema, value, at, mistakes);
                break;
            case JsonValueKind.Array:
                CheckArray(schema, value, at, mistakes);
                break;
            case JsonValueKind.Number:
                var number = value.GetDouble();
                if (Number(schema, "minimum") is { } least && number < least) mistakes.Add(FormattableString.Invariant($"{at}: expected at least {least}, found {number}"));
                if (Number(schema, "maximum") is { } most && number > most) mistakes.Add(FormattableString.Invariant($"{at}: expected at most {most}, found {number}"));
                break;
            case JsonValueKind.String:
                CheckCount(schema, "minLength", "maxLength", new System.Globalization.StringInfo(value.GetString()!).LengthInTextElements, "characters", at, mistakes);
                break;
        }
    }

    private static void CheckObject(JsonElement schema, JsonElement value, string at, List<string> mistakes)
    {
        var hasProperties = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object;
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
            foreach (var name in required.EnumerateArray())
                if (name.ValueKind == JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _))
                    mistakes.Add($"{at}.{name.GetString()}: is required but missing");
        var isClosed = schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.False;
        foreach (var property in value.EnumerateObject())
        {
            if (hasProperties && properties.TryGetProperty(property.Name, out var inner)) Check(inner, property.Value, $"{at}.{property.Name}", mistakes);
            else if (isClosed) mistakes.Add($"{at}.{property.Name}: is not an argument");
        }
    }

    private static void CheckArray(JsonElement schema, JsonElement value, string at, List<string> mistakes)
    {
        CheckCount(schema, "minItems", "maxItems", value.GetArrayLength(), "items", at, mistakes);
        if (!schema.TryGetProperty("items", out var items)) return;
        var i = 0;
        foreach (var item in value.EnumerateArray()) Check(items, item, $"{at}[{i++}]", mistakes);
    }

    private static void CheckCount(JsonElement schema, string least, string most, int count, string what, string at, List<string> mistakes)
    {
        if (Number(schema, least) is { } minimum && count < minimum) mistakes.Add(FormattableString.Invariant($"{at}: expected at least {minimum} {what}, found {count}"));
        if (Number(schema, most) is { } maximum && count > maximum) mistakes.Add(FormattableString.Invariant($"{at}: expected at most {maximum} {what}, found {count}"));
    }

    private static bool IsOfType(JsonElement type, JsonElement value) => type.ValueKind switch
    {
        JsonValueKind.Array => type.EnumerateArray().Any(t => IsOfType(t, value)),
        JsonValueKind.String => type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && Math.Floor(number) == number,
            _ => true,
        },
        _ => true,
    };

    private static double? Number(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string TypeText(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? string.Join(" or ", type.EnumerateArray().Select(t => t.ToString())) : type.ToString();

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Null => "null",
        var kind => $"{(kind is JsonValueKind.Array or JsonValueKind.Object ? "an" : "a")} {kind.ToString().ToLowerInvariant()}",
    };

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 80 } text ? text[..80] + "..." : value.GetRawText();
}
