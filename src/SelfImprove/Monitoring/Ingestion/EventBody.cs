using System.Text.Json;

namespace SelfImprove.Monitoring.Ingestion;

/// <summary>Splits a body into its events without building objects.</summary>
internal static class EventBody
{
    /// <summary>The events' places in the body; null with <paramref name="problem"/> where it is no JSON.</summary>
    public static List<Range>? Split(ReadOnlySpan<byte> body, IngestFormat format, int maxDepth, out string? problem)
    {
        problem = null;
        var start = body.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        return format == IngestFormat.Ndjson ? Lines(body, start) : Values(body, start, maxDepth, out problem);
    }

    private static List<Range> Lines(ReadOnlySpan<byte> body, int start)
    {
        var ranges = new List<Range>();
        while (start < body.Length)
        {
            var length = body[start..].IndexOf((byte)'\n');
            var end = length < 0 ? body.Length : start + length;
            if (body[start..end].ContainsAnyExcept(" \t\r"u8)) ranges.Add(start..end);
            start = end + 1;
        }
        return ranges;
    }

    private static List<Range>? Values(ReadOnlySpan<byte> body, int start, int maxDepth, out string? problem)
    {
        problem = null;
        var content = body[start..].TrimStart(" \t\r\n"u8);
        if (content.IsEmpty)
        {
            problem = "the body is empty; expected a JSON object, or an array of them";
            return null;
        }
        // A single event is judged when it is read: a mistake in it is its own.
        if (content[0] != (byte)'[') return [start..body.Length];
        var ranges = new List<Range>();
        try
        {
            var reader = new Utf8JsonReader(body[start..], new JsonReaderOptions { MaxDepth = Math.Max(64, maxDepth * 4) });
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var first = (int)reader.TokenStartIndex;
                reader.Skip();
                ranges.Add((start + first)..(start + (int)reader.BytesConsumed));
            }
            reader.Read();
            return ranges;
        }
        catch (JsonException e)
        {
            problem = $"the body is no JSON array: {e.Message}";
            return null;
        }
    }
}
