using System.Security.Cryptography;
using System.Text;
using SelfImprove.DataGeneration.Labelling.Teachers;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>Where one piece of labelling keeps its files. The names carry what is asked about and whom, so that a second question in the same round
/// meets no answer of the first.</summary>
internal static class LabelFiles
{
    /// <summary>The group: <c>{run}-{purpose}-{round}-{hash of items and teacher}</c>; inbox tasks and events carry it.</summary>
    public static string Group(LabelInput input) => $"{input.Run.Run}-{input.Purpose}-{input.Run.Round}-{Hash($"{input.Items}\n{input.Teacher}", 8)}";

    /// <summary>The merged labels.</summary>
    public static string Labels(LabelInput input) => input.Run.Path($"labels-{Stem(input)}.jsonl");

    /// <summary>The raw answers of one batch.</summary>
    public static string Answers(LabelInput input, int batch) => input.Run.Path($"labels-{Stem(input)}-{batch}.jsonl");

    /// <summary>The first <paramref name="digits"/> hexadecimal digits of a text's SHA-256.</summary>
    public static string Hash(string text, int digits) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..digits];

    /// <summary>The items of one batch, in order.</summary>
    public static async Task<List<LabelItem>> ReadItemsAsync(IObjectStore store, LabelInput input, int from, int count, CancellationToken cancellationToken)
    {
        var items = new List<LabelItem>(count);
        var line = 0;
        await foreach (var text in JsonLines.ReadLinesAsync(store, input.Items, cancellationToken))
        {
            if (line++ < from) continue;
            if (items.Count == count) break;
            items.Add(JsonLines.TryParse<LabelItem>(text) ?? throw new InvalidDataException($"{input.Items}, line {line}: no item to label."));
        }
        if (items.Count < count) throw new InvalidDataException($"{input.Items} has {line} items, {from + count} were announced.");
        return items;
    }

    /// <summary>The answers of one batch so far, by item and teacher, and the file's length. A torn last line is an answer that never arrived.</summary>
    public static async Task<(Dictionary<string, Dictionary<string, TeacherAnswer>> ByItem, long Length, bool Torn)> ReadAnswersAsync(
        IObjectStore store, string path, CancellationToken cancellationToken)
    {
        var byItem = new Dictionary<string, Dictionary<string, TeacherAnswer>>(StringComparer.Ordinal);
        var stored = await store.ReadAsync(path, cancellationToken: cancellationToken);
        if (stored is null || stored.Bytes.Length == 0) return (byItem, 0, false);
        foreach (var line in Encoding.UTF8.GetString(stored.Bytes.Span).Split('\n'))
        {
            if (JsonLines.TryParse<TeacherAnswer>(line) is not { Id: not null } answer) continue;
            if (!byItem.TryGetValue(answer.Id, out var ofItem)) byItem.Add(answer.Id, ofItem = new Dictionary<string, TeacherAnswer>(StringComparer.Ordinal));
            ofItem.TryAdd(answer.Teacher, answer);
        }
        return (byItem, stored.Length, stored.Bytes.Span[^1] != (byte)'\n');
    }

    private static string Stem(LabelInput input) => $"{input.Purpose}-{input.Run.Round}-{Hash($"{input.Items}\n{input.Teacher}", 8)}";
}
