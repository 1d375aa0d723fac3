using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Monitoring.Ingestion;

/// <summary>Reads what clients send: strict about types and doubled keys, lenient about keys it does not know.</summary>
internal static class EventJson
{
    public static JsonSerializerOptions Options(int maxDepth)
    {
        var options = new JsonSerializerOptions(SeamJson.Options)
        {
            MaxDepth = maxDepth,
            NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
            AllowDuplicateProperties = false,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Reads a value, or rejects the event with what is wrong and where.</summary>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, options) ?? throw new EventRejectedException("malformed", "expected a JSON object, found null");
        }
        catch (JsonException e)
        {
            var where = e.Path is null or "$" or "" ? "" : $" at {e.Path.TrimStart('$').TrimStart('.')}";
            throw new EventRejectedException("malformed", $"not a valid event{where}: {FirstSentence(e.Message)}");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or NotSupportedException)
        {
            throw new EventRejectedException("malformed", $"not a valid event: {FirstSentence(e.Message)}");
        }
    }

    private static string FirstSentence(string message) => message.Split(" Path:", 2)[0].Split(" LineNumber:", 2)[0];
}
