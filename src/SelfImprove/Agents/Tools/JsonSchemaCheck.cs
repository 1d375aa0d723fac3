using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SelfImprove.Agents.Tools;

/// <summary>
/// Checks a JSON value against the part of JSON Schema that tools use: <c>type</c>, <c>enum</c>, <c>const</c>, <c>properties</c>, <c>required</c>,
/// <c>additionalProperties</c>, <c>items</c>, <c>minItems</c>, <c>maxItems</c>, <c>minimum</c>, <c>maximum</c>, <c>minLength</c>, <c>maxLength</c>,
/// <c>pattern</c>, <c>anyOf</c>, <c>oneOf</c>, <c>allOf</c>. Other keywords are annotations here, and so is a keyword of another form than JSON Schema
/// gives it: others write the tools' schemas, and a slip in one must not stop those who read the calls. Patterns are matched in time linear in the
/// text; one that cannot be (look-around, back references) is an annotation too.
/// </summary>
public static class JsonSchemaCheck
{
    private const int MaxShown = 80;

    /// <summary>The first mistake, with its place and what was expected; null where there is none.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value.</param>
    /// <param name="at">The value's place, for the message.</param>
    public static string? Problem(JsonElement schema, JsonElement value, string at = "$")
    {
        if (schema.ValueKind == JsonValueKind.False) return $"{at} is not allowed";
        if (schema.ValueKind != JsonValueKind.Object) return null;
        return TypeProblem(schema, value, at) ?? ChoiceProblem(schema, value, at) ?? CombinationProblem(schema, value, at) ?? value.ValueKind switch
        {
            JsonValueKind.Object => ObjectProblem(schema, value, at),
            JsonValueKind.Array => ArrayProblem(schema, value, at),
            JsonValueKind.String => StringProblem(schema, value.GetString()!, at),
            JsonValueKind.Number => NumberProblem(schema, value.GetDouble(), at),
            _ => null,
        };
    }

    private static string? TypeProblem(JsonElement schema, JsonElement value, string at)
    {
        if (!schema.TryGetProperty("type", out var type)) return null;
        string[] names = type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array => [.. Texts(type)],
            _ => [],
        };
        if (names.Length == 0) return null;
        return names.Any(n => IsOf(n, value)) ? null : $"{at} is {Name(value)}, expected {string.Join(" or ", names)}";
    }

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && Math.Floor(value.GetDouble()) == value.GetDouble(),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    private static string Name(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Null => "null",
        _ => value.ValueKind.ToString().ToLowerInvariant(),
    };

    private static string? ChoiceProblem(JsonElement schema, JsonElement value, string at)
    {
        if (List(schema, "enum") is { } choices && !choices.EnumerateArray().Any(c => JsonElement.DeepEquals(c, value)))
            return $"{at} is {Short(value)}, expected one of {Short(choices)}";
        return schema.TryGetProperty("const", out var only) && !JsonElement.DeepEquals(only, value) ? $"{at} is {Short(value)}, expected {Short(only)}" : null;
    }

    private static string? CombinationProblem(JsonElement schema, JsonElement value, string at)
    {
        if (List(schema, "allOf") is { } all && all.EnumerateArray().Select(s => Problem(s, value, at)).FirstOrDefault(p => p is not null) is { } problem)
            return problem;
        if (List(schema, "anyOf") is { } any && any.EnumerateArray().All(s => Problem(s, value, at) is not null)) return $"{at} fits none of anyOf";
        if (List(schema, "oneOf") is not { } one) return null;
        var fits = one.EnumerateArray().Count(s => Problem(s, value, at) is null);
        return fits == 1 ? null : $"{at} fits {fits} of oneOf, expected exactly one";
    }

    private static string? ObjectProblem(JsonElement schema, JsonElement value, string at)
    {
        if (List(schema, "required") is { } required && Texts(required).FirstOrDefault(name => !value.TryGetProperty(name, out _)) is { } missing)
            return $"{at}.{missing} is missing";
        var properties = schema.TryGetProperty("properties", out var p) ? p : default;
        var others = schema.TryGetProperty("additionalProperties", out var a) ? a : default;
        foreach (var member in value.EnumerateObject())
        {
            var place = $"{at}.{member.Name}";
            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(member.Name, out var known))
            {
                if (Problem(known, member.Value, place) is { } problem) return problem;
            }
            else if (others.ValueKind == JsonValueKind.False)
            {
                return $"{place} is not known";
            }
            else if (others.ValueKind == JsonValueKind.Object && Problem(others, member.Value, place) is { } problem)
            {
                return problem;
            }
        }
        return null;
    }

    private static string? ArrayProblem(JsonElement schema, JsonElement value, string at)
    {
        var count = value.GetArrayLength();
        if (Bound(schema, "minItems") is { } least && count < least) return $"{at} has {count} items, expected at least {least}";
        if (Bound(schema, "maxItems") is { } most && count > most) return $"{at} has {count} items, expected at most {most}";
        if (!schema.TryGetProperty("items", out var items)) return null;
        var i = 0;
        return value.EnumerateArray().Select(item => Problem(items, item, $"{at}[{i++}]")).FirstOrDefault(p => p is not null);
    }

    private static string? StringProblem(JsonElement schema, string value, string at)
    {
        var count = value.EnumerateRunes().Count();
        if (Bound(schema, "minLength") is { } least && count < least) return $"{at} has {count} characters, expected at least {least}";
        if (Bound(schema, "maxLength") is { } most && count > most) return $"{at} has {count} characters, expected at most {most}";
        return schema.TryGetProperty("pattern", out var pattern) && pattern.ValueKind == JsonValueKind.String && !Matches(value, pattern.GetString()!)
            ? $"{at} does not match {Short(pattern)}"
            : null;
    }

    private static bool Matches(string value, string pattern)
    {
        try
        {
            return Regex.IsMatch(value, pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return true;
        }
    }

    private static string? NumberProblem(JsonElement schema, double value, string at)
    {
        if (Bound(schema, "minimum") is { } least && value < least)
            return string.Create(CultureInfo.InvariantCulture, $"{at} is {value}, expected at least {least}");
        return Bound(schema, "maximum") is { } most && value > most
            ? string.Create(CultureInfo.InvariantCulture, $"{at} is {value}, expected at most {most}")
            : null;
    }

    private static double? Bound(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var bound) && bound.ValueKind == JsonValueKind.Number ? bound.GetDouble() : null;

    private static JsonElement? List(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var list) && list.ValueKind == JsonValueKind.Array ? list : null;

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!);

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > MaxShown } text ? text[..MaxShown] + "..." : value.GetRawText();
}
