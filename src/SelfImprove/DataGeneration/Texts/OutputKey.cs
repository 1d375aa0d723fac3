using System.Text.Json;
using System.Text.Json.Nodes;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Texts;

/// <summary>Tells whether two outputs say the same: tool calls by name and arguments as JSON values, text without its surrounding blanks.</summary>
public static class OutputKey
{
    /// <summary>Equal for outputs that say the same, and for no others.</summary>
    public static string Of(AgentOutput output) => output.ToolCalls is { Count: > 0 } calls
        ? "tool:" + string.Join('\n', calls.Select(c => $"{c.Name} {Canonical(c.Arguments)}"))
        : "text:" + (output.Text ?? "").Trim();

    private static string Canonical(string json)
    {
        try
        {
            return Sorted(JsonNode.Parse(json))?.ToJsonString() ?? "null";
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        JsonValue v when v.GetValueKind() == JsonValueKind.Number && decimal.TryParse(
            v.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number)
            => JsonValue.Create(number / 1.000000000000000000000000000m),
        _ => node?.DeepClone(),
    };
}
