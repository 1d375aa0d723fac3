using System.Buffers;
using System.Text.Json;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;

namespace SelfImprove.Monitoring.Log;

/// <summary>
/// A line of the log: <c>{"interaction":{...}}</c>, <c>{"feedback":{...}}</c> or, last of a closed segment, <c>{"seal":{...}}</c>.
/// The third byte tells which.
/// </summary>
internal static class LogLine
{
    public const byte Interaction = (byte)'i';
    public const byte Feedback = (byte)'f';
    public const byte Seal = (byte)'s';

    private static ReadOnlySpan<byte> InteractionStart => "{\"interaction\":"u8;
    private static ReadOnlySpan<byte> FeedbackStart => "{\"feedback\":"u8;
    private static ReadOnlySpan<byte> SealStart => "{\"seal\":"u8;
    private static ReadOnlySpan<byte> End => "}\n"u8;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = SeamJson.Options.Encoder,
        SkipValidation = true,
    };

    [ThreadStatic] private static Utf8JsonWriter? _writer;

    public static void Write(IBufferWriter<byte> buffer, Interaction interaction) => Write(buffer, InteractionStart, interaction);

    public static void Write(IBufferWriter<byte> buffer, Feedback feedback) => Write(buffer, FeedbackStart, feedback);

    /// <summary>The seal: starts with a line break, so that it never joins a torn line.</summary>
    public static byte[] SealAt(long length) =>
        [.. "\n{\"seal\":{\"length\":"u8, .. System.Text.Encoding.ASCII.GetBytes(length.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. "}}\n"u8];

    /// <summary>The event inside of a line without its line break; false where the line is of no known kind.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> line, out byte kind, out ReadOnlySpan<byte> body)
    {
        kind = 0;
        body = default;
        if (line.Length < 10 || line[^1] != (byte)'}') return false;
        var start = line[2] switch
        {
            Interaction => InteractionStart,
            Feedback => FeedbackStart,
            Seal => SealStart,
            _ => default,
        };
        if (start.IsEmpty || !line.StartsWith(start)) return false;
        kind = line[2];
        body = line[start.Length..^1];
        return true;
    }

    private static void Write<T>(IBufferWriter<byte> buffer, ReadOnlySpan<byte> start, T value)
    {
        buffer.Write(start);
        var writer = _writer ??= new Utf8JsonWriter(Stream.Null, WriterOptions);
        writer.Reset(buffer);
        try
        {
            JsonSerializer.Serialize(writer, value, SeamJson.Options);
            writer.Flush();
        }
        finally
        {
            writer.Reset(Stream.Null);
        }
        buffer.Write(End);
    }
}
