using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Api.Problems;
using SelfImprove.Audit;

namespace SelfImprove.Api.Audit;

/// <summary>An agent's audit log: read it, verify it.</summary>
public static class AuditApi
{
    private const int MaxEntries = 1_000;

    /// <summary><c>GET /api/agents/{agent}/audit?after=&amp;run=&amp;limit=</c>: entries in order.</summary>
    public static async Task<Results<Ok<AuditEntries>, ApiProblem>> ListAsync(
        ManifestStore manifests, AuditLog audit, string agent, long? after, string? run, int? limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxEntries) return ApiProblems.Invalid($"limit: expected 1 to {MaxEntries}, found {limit}.", "limit");
        if (await manifests.GetAsync(agent, cancellationToken) is null) return ApiProblems.UnknownAgent(agent);
        var entries = new List<AuditEntry>();
        await foreach (var entry in audit.ReadAsync(agent, after ?? 0, cancellationToken))
        {
            if (run is not null && entry.Run != run) continue;
            if (entries.Count == (limit ?? 100)) return TypedResults.Ok(new AuditEntries(entries, entries[^1].Seq));
            entries.Add(entry);
        }
        return TypedResults.Ok(new AuditEntries(entries, null));
    }

    /// <summary><c>GET /api/agents/{agent}/audit/verify</c>: whether the log is as it was written, checked against the heads that versions keep.</summary>
    public static async Task<Results<Ok<AuditVerification>, ApiProblem>> VerifyAsync(
        ManifestStore manifests, AuditLog audit, AuditVerifier verifier, VersionStore versions, string agent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is null) return ApiProblems.UnknownAgent(agent);
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var entry in audit.ReadAsync(agent, 0, cancellationToken)) places.TryAdd(entry.Hash, entry.Seq);
        var anchored = (await versions.ListAsync(agent, cancellationToken)).Where(v => v.AuditHead is not null).ToList();
        var anchors = anchored.Where(v => places.ContainsKey(v.AuditHead!)).Select(v => new AuditAnchor(places[v.AuditHead!], v.AuditHead!, $"version {v.Id}")).ToList();
        var found = await verifier.VerifyAsync(agent, anchors, cancellationToken);
        // A version keeps the hash alone: where no entry has it, the log was cut off before it or rewritten.
        var missing = anchored.Where(v => !places.ContainsKey(v.AuditHead!)).Select(v => new AuditProblem(
            $"agents/{agent}/versions/{v.Id}.json", -1, $"Version {v.Id} vouches for an entry of hash {v.AuditHead}, which the log does not have: it was cut off or rewritten."));
        return TypedResults.Ok(found with { Problems = [.. found.Problems.Concat(missing).Take(AuditVerifier.MostProblems)] });
    }
}

/// <summary>Entries of an audit log.</summary>
/// <param name="Entries">In order.</param>
/// <param name="Next">Where there are more: what to give as <c>after</c>.</param>
public sealed record AuditEntries(IReadOnlyList<AuditEntry> Entries, long? Next);
