using System.Text.Json;

namespace SelfImprove.Azure.Arm;

/// <summary>An error as Azure reports it: <c>{"error":{"code","message","details":[...]}}</c>.</summary>
/// <param name="Status">The HTTP status; 200 for one found in an operation's or a resource's body, 0 where nothing was answered.</param>
/// <param name="Code">Azure's code; the status where it gave none.</param>
/// <param name="Message">Azure's message, without its details.</param>
/// <param name="Details">What it says in detail, innermost last.</param>
/// <param name="Kind">What it means for the caller.</param>
/// <param name="RetryAfter">How long Azure asks to wait; null where it does not say.</param>
public sealed record ArmError(int Status, string Code, string Message, IReadOnlyList<string> Details, ArmErrorKind Kind, TimeSpan? RetryAfter = null)
{
    private const int MaxDepth = 5, MaxDetails = 8;

    private static readonly string[] CapacityCodes =
        ["SkuNotAvailable", "AllocationFailed", "ZonalAllocationFailed", "OverconstrainedAllocationRequest", "OutOfCapacity", "InsufficientCapacity",
            "NoAvailableCapacity"];

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTransient => Kind is ArmErrorKind.Throttled or ArmErrorKind.Unavailable or ArmErrorKind.Capacity;

    /// <summary>All of it in a sentence or two for a person, with what to do where that is known.</summary>
    public string ForPeople
    {
        get
        {
            var details = Details.Where(d => !Message.Contains(d, StringComparison.Ordinal)).ToList();
            var said = $"{Code}: {Message.TrimEnd()}" + (details.Count > 0 ? $" ({string.Join("; ", details)})" : "");
            var remedy = Kind switch
            {
                ArmErrorKind.Quota => "Ask for more quota in the Azure portal, choose another instance type or region, or train on less.",
                ArmErrorKind.Capacity => "Try later, or choose another instance type or region.",
                ArmErrorKind.Denied => "Check the roles of the host's identity (see docs/azure.md) and that it may sign in.",
                ArmErrorKind.Throttled => RetryAfter is { } wait ? $"Azure asks to wait {wait.TotalSeconds:0} s." : "Try later.",
                _ => "",
            };
            return remedy.Length == 0 ? said : $"{said.TrimEnd('.')}. {remedy}";
        }
    }

    /// <summary>Reads an error out of an answer's body, whatever the body is.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The answer, or the <c>error</c> of an operation.</param>
    /// <param name="retryAfter">The Retry-After header.</param>
    public static ArmError From(int status, JsonElement? body, TimeSpan? retryAfter = null)
    {
        var error = body is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object
            ? inner : body;
        var code = Text(error, "code") ?? (status == 0 ? "NoAnswer" : $"HTTP {status}");
        var message = Text(error, "message") ?? "Azure gave no reason.";
        var details = new List<string>();
        Collect(error, details, 0);
        return new ArmError(status, code, message, details, KindOf(status, code, message, details), retryAfter);
    }

    /// <summary>What an error means, by its status, code and words.</summary>
    public static ArmErrorKind KindOf(int status, string code, string message, IReadOnlyList<string> details)
    {
        bool Says(string word) => code.Contains(word, StringComparison.OrdinalIgnoreCase) || message.Contains(word, StringComparison.OrdinalIgnoreCase)
            || details.Any(d => d.Contains(word, StringComparison.OrdinalIgnoreCase));
        // A throttled call may speak of a "request quota": the status decides before the words do.
        if (status == 429 && !Says("InsufficientQuota") && !Says("QuotaExceeded")) return ArmErrorKind.Throttled;
        if (CapacityCodes.Any(Says) || Says("not enough capacity") || Says("insufficient capacity")) return ArmErrorKind.Capacity;
        if (Says("quota")) return ArmErrorKind.Quota;
        return status switch
        {
            // A token that ran out on its way: the next one is good.
            401 when Says("Expired") => ArmErrorKind.Unavailable,
            401 or 403 => ArmErrorKind.Denied,
            404 => ArmErrorKind.NotFound,
            409 or 412 => ArmErrorKind.Conflict,
            0 or 408 or >= 500 => ArmErrorKind.Unavailable,
            _ => ArmErrorKind.Invalid,
        };
    }

    private static void Collect(JsonElement? error, List<string> into, int depth)
    {
        if (depth >= MaxDepth || error is not { ValueKind: JsonValueKind.Object } found || !found.TryGetProperty("details", out var details)
            || details.ValueKind != JsonValueKind.Array) return;
        foreach (var detail in details.EnumerateArray())
        {
            if (into.Count >= MaxDetails) return;
            var message = Text(detail, "message");
            if (message is not null) into.Add(Text(detail, "code") is { } code ? $"{code}: {message}" : message);
            Collect(detail, into, depth + 1);
        }
    }

    private static string? Text(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
