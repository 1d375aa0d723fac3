using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration;

/// <summary>Files of one JSON value a line, read piece by piece: a dataset of a hundred thousand rows never is in memory as a whole.</summary>
public static class JsonLines
{
    private const int Piece = 1 << 20;

    /// <summary>The lines of a file, without their ends; empty lines and a missing file give none.</summary>
    public static async IAsyncEnumerable<string> ReadLinesAsync(
        IObjectStore store, string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var rest = new MemoryStream();
        for (long offset = 0; ;)
        {
            var stored = await store.ReadAsync(path, new ByteRange(offset, Piece), cancellationToken);
            if (stored is null || stored.Bytes.Length == 0) break;
            offset += stored.Bytes.Length;
            var start = 0;
            for (int end; (end = stored.Bytes.Span[start..].IndexOf((byte)'\n')) >= 0; start += end + 1)
            {
                rest.Write(stored.Bytes.Span.Slice(start, end));
                if (TakeLine(rest) is { } line) yield return line;
            }
            rest.Write(stored.Bytes.Span[start..]);
            if (offset >= stored.Length) break;
        }
        if (TakeLine(rest) is { } last) yield return last;
    }

    /// <summary>The values of a file.</summary>
    /// <exception cref="InvalidDataException">A line is none; the message names file and line.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(IObjectStore store, string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var number = 0;
        await foreach (var line in ReadLinesAsync(store, path, cancellationToken))
        {
            number++;
            T? value;
            try
            {
                value = JsonSerializer.Deserialize<T>(line, SeamJson.Options);
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{path}, line {number}: no {typeof(T).Name}: {e.Message}", e);
            }
            yield return value ?? throw new InvalidDataException($"{path}, line {number}: a {typeof(T).Name} was expected, found null.");
        }
    }

    /// <summary>A value as a line, its end included.</summary>
    public static string Line<T>(T value) => JsonSerializer.Serialize(value, SeamJson.Options) + "\n";

    /// <summary>Writes values once: where the file is there already, it stays as it is. Small files only.</summary>
    /// <returns>Whether this call wrote it.</returns>
    public static async Task<bool> WriteOnceAsync<T>(IObjectStore store, string path, IEnumerable<T> values, CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        foreach (var value in values) text.Append(Line(value));
        return (await store.WriteAsync(path, Encoding.UTF8.GetBytes(text.ToString()), WriteCondition.IfAbsent, cancellationToken)).Written;
    }

    /// <summary>The value of a line, or null where it is none: the end of a file that a power cut has torn.</summary>
    public static T? TryParse<T>(string line) where T : class
    {
        if (string.IsNullOrWhiteSpace(line)) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(line, SeamJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TakeLine(MemoryStream bytes)
    {
        var line = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length).TrimEnd('\r');
        bytes.SetLength(0);
        return string.IsNullOrWhiteSpace(line) ? null : line;
    }
}
