using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Requests for improvements. One that waits lies under <c>requests/{agent}/</c>; one that a run took up, or that expired, under
/// <c>requests-done/{agent}/</c>: what is done counts, whatever still waits.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="clock">Dates them.</param>
/// <param name="dirty">Marks agents that are asked for, for a host that visits marked ones alone; null where the host visits all.</param>
public sealed class RequestBook(IObjectStore store, TimeProvider clock, DirtyAgents? dirty = null)
{
    /// <summary>The most characters of a reason.</summary>
    public const int MaxReason = 2_000;

    private readonly JsonDocuments _documents = new(store);

    /// <summary>Asks for an improvement; under an id that is known already nothing changes, and the request as it stands is given back.</summary>
    public async Task<ImprovementRequest> AskAsync(string agent, string id, Requester by, string reason, CancellationToken cancellationToken = default)
    {
        StoragePath.Name(agent, "an agent");
        StoragePath.Segment(id, "a request's id");
        if (await ReadAsync(Done(agent, id), cancellationToken) is { } done) return done;
        if (dirty is not null) await dirty.MarkAsync(agent, cancellationToken);
        var request = new ImprovementRequest(id, agent, by, reason.Length <= MaxReason ? reason : reason[..MaxReason], clock.GetUtcNow());
        var written = await _documents.WriteAsync(Waiting(agent, id), request, WriteCondition.IfAbsent, cancellationToken);
        return written.Written ? request : await GetAsync(agent, id, cancellationToken) ?? request;
    }

    /// <summary>One request, waiting or done; null where there is none.</summary>
    public async Task<ImprovementRequest?> GetAsync(string agent, string id, CancellationToken cancellationToken = default) =>
        StoragePath.IsName(agent) && StoragePath.IsSegment(id)
            ? await ReadAsync(Done(agent, id), cancellationToken) ?? await ReadAsync(Waiting(agent, id), cancellationToken)
            : null;

    /// <summary>Requests that wait, oldest first; at most 100.</summary>
    public async Task<IReadOnlyList<ImprovementRequest>> WaitingAsync(string agent, CancellationToken cancellationToken = default)
    {
        var waiting = new List<ImprovementRequest>();
        await foreach (var entry in store.ListAsync($"requests/{StoragePath.Name(agent, "an agent")}/", cancellationToken: cancellationToken))
        {
            if (await ReadAsync(entry.Path, cancellationToken) is not { } request) continue;
            if (await ReadAsync(Done(agent, request.Id), cancellationToken) is null) waiting.Add(request);
            else await store.DeleteAsync(entry.Path, cancellationToken: cancellationToken);
            if (waiting.Count == 100) break;
        }
        return [.. waiting.OrderBy(r => r.At).ThenBy(r => r.Id, StringComparer.Ordinal)];
    }

    /// <summary>Marks a request as taken up by a run, or as expired where the run is null. Repeating it changes nothing.</summary>
    public async Task FinishAsync(ImprovementRequest request, string? run, CancellationToken cancellationToken = default)
    {
        await _documents.WriteAsync(Done(request.Agent, request.Id), request with { Run = run }, WriteCondition.IfAbsent, cancellationToken);
        await store.DeleteAsync(Waiting(request.Agent, request.Id), cancellationToken: cancellationToken);
    }

    private static string Waiting(string agent, string id) => $"requests/{agent}/{id}.json";

    private static string Done(string agent, string id) => $"requests-done/{agent}/{id}.json";

    private async Task<ImprovementRequest?> ReadAsync(string path, CancellationToken cancellationToken) =>
        (await _documents.ReadAsync<ImprovementRequest>(path, cancellationToken))?.Value;
}
