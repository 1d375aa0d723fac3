using System.Text.Json;

namespace SelfImprove.Azure.Arm;

/// <summary>What Azure answered to a call that it accepted.</summary>
/// <param name="Status">The HTTP status: 200, 201, 202 or 204.</param>
/// <param name="Body">The resource, or an action's result; null where there is none.</param>
/// <param name="Operation">What is still going on; null where everything is done.</param>
public sealed record ArmReply(int Status, JsonElement? Body, ArmOperation? Operation = null)
{
    /// <summary>The resource's version, from the header or the body; null where the service has none.</summary>
    public string? ETag { get; init; }

    /// <summary>A member of the body by its path (<c>properties.status</c>); null where it is missing or null.</summary>
    /// <param name="path">Names joined by dots; names with dots in them can't be reached so.</param>
    public JsonElement? Find(string path)
    {
        if (Body is not { } at) return null;
        foreach (var name in path.Split('.'))
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        return at.ValueKind == JsonValueKind.Null ? null : at;
    }

    /// <summary>A text in the body by its path; null where it is missing or no text.</summary>
    public string? Text(string path) => Find(path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
