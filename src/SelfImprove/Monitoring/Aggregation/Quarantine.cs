using System.Text.Json;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// The sources of feedback that don't count (<c>agents/{agent}/quarantine.json</c>). Their feedback is still taken, kept and marked.
/// The next fold undoes what they did to the signals; lifting a quarantine brings it back.
/// </summary>
/// <param name="store">Where it is kept.</param>
public sealed class Quarantine(IObjectStore store)
{
    private const int Attempts = 50;

    /// <summary>A source's name: <c>kind:id</c>, the kind in lower case.</summary>
    public static string NameOf(FeedbackSource source) => NameOf(source.Kind, source.Id);

    /// <summary>The quarantined sources of an agent.</summary>
    public async Task<IReadOnlySet<string>> GetAsync(string agent, CancellationToken cancellationToken = default) =>
        (await ReadAsync(agent, cancellationToken).ConfigureAwait(false)).Sources;

    /// <summary>Quarantines a source or lifts its quarantine; takes effect at the next fold.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="source">The source.</param>
    /// <param name="quarantined">True quarantines, false lifts.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task SetAsync(string agent, FeedbackSource source, bool quarantined, CancellationToken cancellationToken = default)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (sources, etag) = await ReadAsync(agent, cancellationToken).ConfigureAwait(false);
            if (!(quarantined ? sources.Add(NameOf(source)) : sources.Remove(NameOf(source)))) return;
            var bytes = JsonSerializer.SerializeToUtf8Bytes(new Document(sources.ToArray()), SeamJson.Indented);
            var condition = etag is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(etag);
            if ((await store.WriteAsync(PathOf(agent), bytes, condition, cancellationToken).ConfigureAwait(false)).Written) return;
        }
        throw new TransientException($"The quarantine of {agent} is too busy: {Attempts} changes met another.");
    }

    internal static string NameOf(SourceKind kind, string id) => $"{JsonNamingPolicy.CamelCase.ConvertName(kind.ToString())}:{id}";

    private static string PathOf(string agent) => $"agents/{agent}/quarantine.json";

    private async Task<(SortedSet<string> Sources, string? ETag)> ReadAsync(string agent, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(PathOf(agent), cancellationToken: cancellationToken).ConfigureAwait(false);
        var sources = stored is null ? [] : JsonSerializer.Deserialize<Document>(stored.Bytes.Span, SeamJson.Options)!.Sources;
        return (new SortedSet<string>(sources, StringComparer.Ordinal), stored?.ETag);
    }

    private sealed record Document(IReadOnlyList<string> Sources);
}
