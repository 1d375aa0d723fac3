using System.Text;
using System.Text.Json;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>What an agent's log holds, read from its files without the product: whole lines alone.</summary>
internal sealed class LoggedEvents
{
    private readonly HashSet<string> _judged = new(StringComparer.Ordinal);

    /// <summary>How often each event's id is there.</summary>
    public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of interactions.</summary>
    public HashSet<string> Interactions { get; } = new(StringComparer.Ordinal);

    /// <summary>How many of them have feedback.</summary>
    public int Judged => _judged.Count(Interactions.Contains);

    public static LoggedEvents Read(string store, string agent)
    {
        var found = new LoggedEvents();
        foreach (var file in Directory.GetFiles(Path.Combine(store, "log", agent), "*.ndjson", SearchOption.AllDirectories)) found.Add(File.ReadAllBytes(file));
        return found;
    }

    /// <summary>Takes in a segment.</summary>
    public void Add(ReadOnlySpan<byte> segment)
    {
        var text = Encoding.UTF8.GetString(segment);
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)) AddLine(line);
    }

    private void AddLine(string line)
    {
        JsonProperty only;
        try
        {
            only = JsonDocument.Parse(line).RootElement.EnumerateObject().Single();
        }
        catch (JsonException)
        {
            // A line that was torn and that a seal ended.
            return;
        }
        if (!only.Value.TryGetProperty("id", out var value) || value.GetString() is not { } id) return;
        Counts[id] = Counts.GetValueOrDefault(id) + 1;
        if (only.Name == "interaction") Interactions.Add(id);
        else if (only.Value.TryGetProperty("interaction", out var of)) _judged.Add(of.GetString()!);
    }
}
