using System.Text.Json;
using SelfImprove.Monitoring.Log;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Reads from a line what the fold needs, token by token, without building objects. One thread; several parsers work side by side.</summary>
internal sealed class EventParser
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };
    private readonly StringPool _pool = new();
    private Dictionary<ulong, string> _decisions = [];

    /// <summary>Names the decisions that are told apart; any other counts as <c>(other)</c>, and free text as nothing.</summary>
    public void SetDecisions(IReadOnlyList<string> decisions) =>
        _decisions = decisions.DistinctBy(d => d).ToDictionary(d => Fingerprint.Hash(System.Text.Encoding.UTF8.GetBytes(d), 23));

    /// <summary>Parses all lines of a piece of a segment.</summary>
    /// <param name="bytes">Lines, each with its line break; the last may lack it.</param>
    /// <param name="offset">Where the piece starts in its segment.</param>
    /// <param name="events">Where the events go; blank lines and seals too, for they move the cursor.</param>
    public void Parse(ReadOnlySpan<byte> bytes, long offset, List<ParsedEvent> events)
    {
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            var taken = end < 0 ? bytes.Length : end + 1;
            var parsed = new ParsedEvent { Offset = offset, Length = taken };
            ParseLine(line, ref parsed);
            if (parsed.Kind != LineKind.Blank) events.Add(parsed);
            bytes = bytes[taken..];
            offset += taken;
        }
    }

    private void ParseLine(ReadOnlySpan<byte> line, ref ParsedEvent parsed)
    {
        if (line.IsEmpty) return;
        if (!LogLine.TryOpen(line, out var kind, out var body))
        {
            (parsed.Kind, parsed.Problem) = (LineKind.Corrupt, "not a line of the log: expected {\"interaction\":...} or {\"feedback\":...}");
            return;
        }
        try
        {
            (int Start, int Length) time = default;
            if (kind == LogLine.Seal)
            {
                parsed.Kind = LineKind.Seal;
                return;
            }
            var reader = new Utf8JsonReader(body, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("expected an object");
            if (kind == LogLine.Interaction) ReadInteraction(ref reader, body, ref parsed, ref time);
            else ReadFeedback(ref reader, ref parsed, ref time);
            if (reader.BytesConsumed != body.Length) throw new JsonException("something follows the event");
            if (parsed.Key == default || time.Length == 0) throw new JsonException("id or time is missing");
            if (kind == LogLine.Feedback && (parsed.Target == default || parsed.Metric is null || parsed.Source is null))
                throw new JsonException("target, metric or source is missing");
            parsed.Content = Fingerprint.Content(body, time.Start, time.Length);
            parsed.Kind = kind == LogLine.Interaction ? LineKind.Interaction : LineKind.Feedback;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            (parsed.Kind, parsed.Problem) = (LineKind.Corrupt, $"broken JSON: {e.Message}");
        }
    }

    private void ReadInteraction(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ref ParsedEvent parsed, ref (int, int) time)
    {
        (parsed.Latency, parsed.Confidence) = (double.NaN, double.NaN);
        string[] tags = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("id"u8)) parsed.Key = Key(ref reader, EntryKind.Interaction);
            else if (name.SequenceEqual("time"u8)) parsed.Ticks = Time(ref reader, ref time);
            else if (name.SequenceEqual("version"u8)) parsed.Version = String(ref reader);
            else if (name.SequenceEqual("episode"u8)) parsed.Episode = Key(ref reader, EntryKind.Episode);
            else if (name.SequenceEqual("output"u8)) parsed.Decision = ReadOutput(ref reader);
            else if (name.SequenceEqual("error"u8)) { reader.Read(); parsed.Failed = reader.TokenType == JsonTokenType.String; }
            else if (name.SequenceEqual("confidence"u8)) parsed.Confidence = Number(ref reader);
            else if (name.SequenceEqual("latencyMs"u8)) parsed.Latency = Number(ref reader);
            else if (name.SequenceEqual("costUsd"u8)) { reader.Read(); if (reader.TokenType == JsonTokenType.Number) parsed.Cost = reader.GetDecimal(); }
            else if (name.SequenceEqual("tags"u8)) tags = ReadTags(ref reader, body);
            else { reader.Read(); reader.Skip(); }
        }
        parsed.Decision ??= "";
        parsed.Slices = Slices(parsed.Decision, tags);
    }

    private void ReadFeedback(ref Utf8JsonReader reader, ref ParsedEvent parsed, ref (int, int) time)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("id"u8)) parsed.Key = Key(ref reader, EntryKind.Feedback);
            else if (name.SequenceEqual("time"u8)) parsed.Ticks = Time(ref reader, ref time);
            else if (name.SequenceEqual("interaction"u8))
            {
                parsed.Target = Key(ref reader, EntryKind.Interaction);
                parsed.TargetIsEpisode = false;
            }
            else if (name.SequenceEqual("episode"u8))
            {
                var episode = Key(ref reader, EntryKind.Episode);
                if (parsed.Target == default) (parsed.Target, parsed.TargetIsEpisode) = (episode, true);
            }
            else if (name.SequenceEqual("metric"u8)) parsed.Metric = String(ref reader);
            else if (name.SequenceEqual("value"u8))
            {
                parsed.Value = Number(ref reader);
                parsed.HasValue = double.IsFinite(parsed.Value);
            }
            else if (name.SequenceEqual("source"u8)) parsed.Source = ReadSource(ref reader);
            else { reader.Read(); reader.Skip(); }
        }
    }

    private static UInt128 Key(ref Utf8JsonReader reader, EntryKind kind)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return default;
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("an id must be a string");
        return reader.ValueIsEscaped
            ? Fingerprint.Key(System.Text.Encoding.UTF8.GetBytes(reader.GetString()!), kind)
            : Fingerprint.Key(reader.ValueSpan, kind);
    }

    private static long Time(ref Utf8JsonReader reader, ref (int, int) span)
    {
        reader.Read();
        span = ((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex));
        return reader.GetDateTimeOffset().UtcTicks;
    }

    private string? String(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String ? _pool.Get(ref reader) : null;
    }

    private static double Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : double.NaN;
    }

    private string? ReadOutput(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        string? text = null, tool = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String) text = Decision(ref reader);
            }
            else if (reader.ValueTextEquals("toolCalls"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartArray) tool = ReadFirstTool(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return tool ?? text;
    }

    private string? ReadFirstTool(ref Utf8JsonReader reader)
    {
        string? first = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var depth = reader.CurrentDepth;
            while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth))
            {
                var isName = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("name"u8);
                reader.Read();
                if (isName && first is null && reader.TokenType == JsonTokenType.String) first = Decision(ref reader);
                else reader.Skip();
            }
        }
        return first;
    }

    private string Decision(ref Utf8JsonReader reader)
    {
        if (_decisions.Count == 0) return "";
        if (reader.ValueIsEscaped)
        {
            var text = reader.GetString()!.Trim();
            return _decisions.GetValueOrDefault(Fingerprint.Hash(System.Text.Encoding.UTF8.GetBytes(text), 23), Others);
        }
        return _decisions.GetValueOrDefault(Fingerprint.Hash(Trim(reader.ValueSpan), 23), Others);
    }

    private const string Others = "(other)";

    private string? ReadSource(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        ReadOnlySpan<byte> kind = default, id = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKind = reader.ValueTextEquals("kind"u8);
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            var value = reader.TokenType != JsonTokenType.String ? default
                : reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
            if (isKind) kind = value;
            else if (isId) id = value;
            else reader.Skip();
        }
        return kind.IsEmpty || id.IsEmpty ? null : _pool.Source(kind, id);
    }

    /// <summary>The slices that tags make. The same bytes give the same shared array: allocates for unseen ones only.</summary>
    private string[] ReadTags(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return [];
        var inside = reader;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var hash = Fingerprint.Hash(body[start..(int)reader.BytesConsumed], 29);
        if (_pool.TryList(hash, out var known)) return known!;
        var names = new List<string>();
        while (inside.Read() && inside.TokenType == JsonTokenType.PropertyName)
        {
            var name = inside.GetString();
            inside.Read();
            if (inside.TokenType == JsonTokenType.String) names.Add($"{name}={inside.GetString()}");
            else inside.Skip();
        }
        return _pool.AddList(hash, [.. names.Distinct()]);
    }

    private string[] Slices(string decision, string[] tags)
    {
        if (decision.Length == 0) return tags;
        var hash = (ulong)(uint)System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(tags) << 32 | (uint)decision.GetHashCode();
        if (_pool.TryList(hash, out var known) && known!.Length == tags.Length + 1 && known.AsSpan(1).SequenceEqual(tags) && known[0].AsSpan("decision=".Length).SequenceEqual(decision))
            return known;
        return _pool.AddList(hash, [$"decision={decision}", .. tags]);
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);
}
