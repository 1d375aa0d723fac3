using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// The last 1,000 events that could not be counted (<c>agents/{agent}/dead-letters.ndjson</c>). Written before the fold's commit, each with
/// the fold's generation; what a fold wrote that never committed is replaced by the fold that repeats it.
/// </summary>
/// <param name="store">Where it is kept.</param>
public sealed class DeadLetterList(IObjectStore store)
{
    /// <summary>How many are kept.</summary>
    public const int Most = 1000;

    /// <summary>The list, oldest first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ReadAsync(string agent, CancellationToken cancellationToken = default) =>
        (await LoadAsync(agent, cancellationToken).ConfigureAwait(false)).Letters;

    /// <summary>Adds a fold's letters; false where another fold came between.</summary>
    internal async Task<bool> AddAsync(string agent, long committed, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (letters.Count == 0) return true;
        var (old, etag) = await LoadAsync(agent, cancellationToken).ConfigureAwait(false);
        var all = old.Where(l => l.Generation <= committed).Concat(letters).TakeLast(Most);
        using var bytes = new MemoryStream();
        foreach (var letter in all)
        {
            JsonSerializer.Serialize(bytes, letter, SeamJson.Options);
            bytes.WriteByte((byte)'\n');
        }
        var condition = etag is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(etag);
        return (await store.WriteAsync(PathOf(agent), bytes.ToArray(), condition, cancellationToken).ConfigureAwait(false)).Written;
    }

    private static string PathOf(string agent) => $"agents/{agent}/dead-letters.ndjson";

    private async Task<(List<DeadLetter> Letters, string? ETag)> LoadAsync(string agent, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(PathOf(agent), cancellationToken: cancellationToken).ConfigureAwait(false);
        var letters = new List<DeadLetter>();
        if (stored is null) return (letters, null);
        foreach (var line in System.Text.Encoding.UTF8.GetString(stored.Bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            letters.Add(JsonSerializer.Deserialize<DeadLetter>(line, SeamJson.Options)!);
        return (letters, stored.ETag);
    }
}
