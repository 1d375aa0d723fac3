using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using SelfImprove.Agents.Routing;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Agents.Versions;

/// <summary>
/// The versions, each an object of its own (<c>agents/{agent}/versions/{id}.json</c>) that never changes. An agent's first version
/// brings its routing table into being and serves at once: there is nothing that it could make worse.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="routing">Gets its first table with the first version.</param>
/// <param name="clock">Tells when a version was made.</param>
public sealed class VersionStore(IObjectStore store, RoutingStore routing, TimeProvider clock)
{
    private const int Attempts = 50;
    private const int VersionsInMemory = 1_024;
    private readonly ConcurrentDictionary<(string Agent, string Id), AgentVersion> _versions = new();

    /// <summary>
    /// Registers a version, once per run and round (where a person registers it: once per model and content hash): a repeated call
    /// gives back what the first one registered. Ids are v1, v2, ... without gaps.
    /// </summary>
    /// <exception cref="TransientException">Too many others registered at the same time.</exception>
    public async Task<AgentVersion> RegisterAsync(VersionDraft draft, CancellationToken cancellationToken = default)
    {
        StoragePath.Name(draft.Agent, "an agent");
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var all = await ListAsync(draft.Agent, cancellationToken);
            var version = all.FirstOrDefault(v => Same(v, draft)) ?? await TryAddAsync(draft, all, cancellationToken);
            if (version is null) continue;
            if (Number(version.Id) == 1) await routing.CreateAsync(draft.Agent, version.Id, version.Run, cancellationToken);
            return version;
        }
        throw new TransientException($"Too many versions of {draft.Agent} are registered at once: {Attempts} attempts met another.");
    }

    /// <summary>One version; null where there is none.</summary>
    public async ValueTask<AgentVersion?> GetAsync(string agent, string id, CancellationToken cancellationToken = default)
    {
        if (_versions.TryGetValue((agent, id), out var known)) return known;
        if (!StoragePath.IsName(agent) || Number(id) is null || await store.ReadAsync(PathOf(agent, id), cancellationToken: cancellationToken) is not { } stored)
            return null;
        var version = JsonSerializer.Deserialize<AgentVersion>(stored.Bytes.Span, SeamJson.Options)!;
        if (_versions.Count >= VersionsInMemory) _versions.Clear();
        return _versions.GetOrAdd((agent, id), version);
    }

    /// <summary>All versions of an agent, oldest first.</summary>
    public async Task<IReadOnlyList<AgentVersion>> ListAsync(string agent, CancellationToken cancellationToken = default)
    {
        if (!StoragePath.IsName(agent)) return [];
        var prefix = $"agents/{agent}/versions/";
        var all = new List<AgentVersion>();
        await foreach (var entry in store.ListAsync(prefix, cancellationToken: cancellationToken))
        {
            var id = Path.GetFileNameWithoutExtension(entry.Path);
            if (Number(id) is not null && await GetAsync(agent, id, cancellationToken) is { } version) all.Add(version);
        }
        return [.. all.OrderBy(v => Number(v.Id))];
    }

    private async Task<AgentVersion?> TryAddAsync(VersionDraft draft, IReadOnlyList<AgentVersion> all, CancellationToken cancellationToken)
    {
        var version = new AgentVersion
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"v{(all.Count == 0 ? 0 : Number(all[^1].Id)) + 1}"),
            Agent = draft.Agent,
            Model = draft.Model,
            CreatedAt = clock.GetUtcNow(),
            Parent = draft.Parent,
            Run = draft.Run,
            Round = draft.Round,
            Origin = draft.Run is null ? draft.Origin : VersionOrigin.Run,
            Dataset = draft.Dataset,
            ContentHash = draft.ContentHash,
            AuditHead = draft.AuditHead,
        };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(version, SeamJson.Indented);
        return (await store.WriteAsync(PathOf(draft.Agent, version.Id), bytes, WriteCondition.IfAbsent, cancellationToken)).Written ? version : null;
    }

    private static bool Same(AgentVersion version, VersionDraft draft) => draft.Run is null
        ? version.Run is null && version.Model == draft.Model && version.ContentHash == draft.ContentHash
        : version.Run == draft.Run && version.Round == draft.Round;

    private static string PathOf(string agent, string id) => $"agents/{agent}/versions/{id}.json";

    private static int? Number(string id) =>
        id.StartsWith('v') && int.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
