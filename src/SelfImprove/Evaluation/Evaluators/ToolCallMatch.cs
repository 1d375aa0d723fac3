using SelfImprove.Models;
using System.Text.Json;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary>Compares tool calls: pure.</summary>
public static class ToolCallMatch
{
    /// <summary>Whether two lists hold the same calls, in whatever order.</summary>
    public static bool Same(IReadOnlyList<ToolCall> expected, IReadOnlyList<ToolCall> actual)
    {
        if (expected.Count != actual.Count || expected.Count == 0) return false;
        var left = actual.ToList();
        foreach (var call in expected)
        {
            var match = left.FindIndex(other => Same(call, other));
            if (match < 0) return false;
            left.RemoveAt(match);
        }
        return true;
    }

    /// <summary>Whether two calls have the same name and, as JSON values, the same arguments; text that is no JSON equals nothing.</summary>
    public static bool Same(ToolCall expected, ToolCall actual)
    {
        if (!string.Equals(expected.Name, actual.Name, StringComparison.Ordinal)) return false;
        try
        {
            using var a = JsonDocument.Parse(Json(expected));
            using var b = JsonDocument.Parse(Json(actual));
            return JsonElement.DeepEquals(a.RootElement, b.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Json(ToolCall call) => string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments;
}
