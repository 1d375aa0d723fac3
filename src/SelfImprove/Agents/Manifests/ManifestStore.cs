using System.Collections.Concurrent;
using System.Text.Json;
using SelfImprove.Agents.Manifests.Reading;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Agents.Manifests;

/// <summary>
/// The manifests. Each revision is an object of its own (<c>agents/{agent}/manifests/{n}.json</c>) that never changes: a run pins one.
/// <c>agents/{agent}/manifest.json</c> repeats the current one. Reads of the current one come from memory, at most 5 s old; what this
/// process puts is seen at once.
/// </summary>
public sealed class ManifestStore
{
    private const int Attempts = 50;
    private const int RevisionsInMemory = 256;
    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly ManifestChange? _changed;
    private readonly CurrentObjects<ManifestRevision> _current;
    private readonly ConcurrentDictionary<(string Agent, int Revision), ManifestRevision> _revisions = new();
    private readonly ConcurrentDictionary<string, (string ETag, ManifestRevision Revision)> _read = new(StringComparer.Ordinal);

    /// <summary>Over a store.</summary>
    /// <param name="store">Where manifests are kept.</param>
    /// <param name="clock">Tells when a revision was made, and how old what is in memory is.</param>
    /// <param name="changed">Told of an agent before its manifest changes; null where nobody wants to know.</param>
    public ManifestStore(IObjectStore store, TimeProvider clock, ManifestChange? changed = null)
    {
        _changed = changed;
        _store = store;
        _clock = clock;
        _current = new CurrentObjects<ManifestRevision>(ReadCurrentAsync, clock);
    }

    /// <summary>
    /// Makes a manifest the agent's current one. What equals the current one changes nothing and gives back its revision. A put that
    /// died half-way is completed by the next: its revision comes first, then this one.
    /// </summary>
    /// <exception cref="InvalidManifestException">It has mistakes: all are listed.</exception>
    /// <exception cref="TransientException">Too many others put at the same time.</exception>
    public async Task<ManifestRevision> PutAsync(AgentManifest manifest, CancellationToken cancellationToken = default)
    {
        var reading = ManifestReader.Check(manifest);
        return reading.IsValid ? await KeepAsync(reading.Manifest, cancellationToken) : throw new InvalidManifestException(manifest.Agent, reading.Mistakes);
    }

    /// <summary>Reads a manifest's text and, where it has no mistake, makes it the agent's current one.</summary>
    /// <param name="agent">The agent whose manifest it should be; a text that names another is a mistake.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="fileName">Tells the format; see <see cref="ManifestReader.Parse"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TransientException">Too many others put at the same time.</exception>
    public async Task<ManifestPut> PutAsync(string agent, string text, string fileName = "", CancellationToken cancellationToken = default)
    {
        var reading = ManifestReader.Parse(text, fileName);
        if (!reading.IsValid) return new ManifestPut(null, reading.Mistakes, reading.Warnings);
        if (reading.Manifest.Agent != agent)
            return new ManifestPut(null, [new ManifestMistake("agent", reading.Manifest.Agent, $"{agent}: the manifest is put there", null)], reading.Warnings);
        return new ManifestPut(await KeepAsync(reading.Manifest, cancellationToken), [], reading.Warnings);
    }

    /// <summary>The current manifest, at most 5 s old; null where there is no such agent.</summary>
    public ValueTask<ManifestRevision?> GetAsync(string agent, CancellationToken cancellationToken = default) =>
        StoragePath.IsName(agent) ? _current.GetAsync(agent, cancellationToken) : default;

    /// <summary>One revision; null where there is none.</summary>
    public async ValueTask<ManifestRevision?> GetAsync(string agent, int revision, CancellationToken cancellationToken = default)
    {
        if (_revisions.TryGetValue((agent, revision), out var known)) return known;
        if (revision < 1 || !StoragePath.IsName(agent) || (await ReadAsync(RevisionPath(agent, revision), cancellationToken)).Revision is not { } read) return null;
        if (_revisions.Count >= RevisionsInMemory) _revisions.Clear();
        return _revisions.GetOrAdd((agent, revision), read);
    }

    /// <summary>The names of all agents, by name.</summary>
    public async Task<IReadOnlyList<string>> ListAgentsAsync(CancellationToken cancellationToken = default)
    {
        const string Root = "agents/", File = "/manifest.json";
        var names = new List<string>();
        await foreach (var entry in _store.ListAsync(Root, cancellationToken: cancellationToken))
        {
            if (entry.Path.EndsWith(File, StringComparison.Ordinal) && entry.Path.AsSpan(Root.Length).Count('/') == 1)
                names.Add(entry.Path[Root.Length..^File.Length]);
        }
        return [.. names.Order(StringComparer.Ordinal)];
    }

    private async Task<ManifestRevision> KeepAsync(AgentManifest manifest, CancellationToken cancellationToken)
    {
        var agent = manifest.Agent;
        var content = Serialize(manifest);
        ManifestRevision? kept = null;
        if (_changed is not null) await _changed(agent, cancellationToken);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (current, etag) = await ReadAsync(CurrentPath(agent), cancellationToken);
            // Another put completed this one and has had its own turn since: what was put is done, and must not come back over the newer one.
            if (kept is not null && current?.Revision > kept.Revision)
            {
                await _current.SetAsync(agent, current, cancellationToken);
                return kept;
            }
            if (current is not null && Serialize(current.Manifest).AsSpan().SequenceEqual(content))
            {
                await _current.SetAsync(agent, current, cancellationToken);
                return current;
            }
            var next = new ManifestRevision((current?.Revision ?? 0) + 1, _clock.GetUtcNow(), manifest);
            var path = RevisionPath(agent, next.Revision);
            if ((await _store.WriteAsync(path, Serialize(next), WriteCondition.IfAbsent, cancellationToken)).Written) kept = next;
            else next = (await ReadAsync(path, cancellationToken)).Revision ?? throw new InvalidDataException($"{path} vanished: revisions are never deleted.");
            var condition = etag is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(etag);
            if ((await _store.WriteAsync(CurrentPath(agent), Serialize(next), condition, cancellationToken)).Written)
                await _current.SetAsync(agent, next, cancellationToken);
        }
        throw new TransientException($"The manifest of {agent} is too busy: {Attempts} changes met another.");
    }

    // Read again and again, changed hardly ever: what has the same tag is not parsed anew.
    private async Task<ManifestRevision?> ReadCurrentAsync(string agent, CancellationToken cancellationToken)
    {
        if (await _store.ReadAsync(CurrentPath(agent), cancellationToken: cancellationToken) is not { } stored) return null;
        if (_read.TryGetValue(agent, out var known) && known.ETag == stored.ETag) return known.Revision;
        var revision = JsonSerializer.Deserialize<ManifestRevision>(stored.Bytes.Span, SeamJson.Options);
        if (revision is not null) _read[agent] = (stored.ETag, revision);
        return revision;
    }

    private static string CurrentPath(string agent) => $"agents/{agent}/manifest.json";

    private static string RevisionPath(string agent, int revision) => $"agents/{agent}/manifests/{revision}.json";

    private static byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, SeamJson.Indented);

    private async Task<(ManifestRevision? Revision, string? ETag)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var stored = await _store.ReadAsync(path, cancellationToken: cancellationToken);
        return stored is null ? (null, null) : (JsonSerializer.Deserialize<ManifestRevision>(stored.Bytes.Span, SeamJson.Options), stored.ETag);
    }
}

/// <summary>Called with an agent's name before its manifest changes.</summary>
public delegate ValueTask ManifestChange(string agent, CancellationToken cancellationToken);
