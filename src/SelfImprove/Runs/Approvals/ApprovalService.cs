using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Runs.Approvals;

/// <summary>How people find and answer gates, whichever way they come: the API or the command line.</summary>
public sealed class ApprovalService(JsonDocuments documents, IObjectStore store, FactBook facts, IOrchestrationClient client, TimeProvider clock)
{
    /// <summary>The open questions of a run, or of all runs of an agent where <paramref name="run"/> is null.</summary>
    public async Task<IReadOnlyList<ApprovalRequest>> OpenAsync(string agent, string? run = null, CancellationToken cancellationToken = default)
    {
        var open = new List<ApprovalRequest>();
        await foreach (var entry in store.ListAsync(run is null ? $"runs/{agent}/" : $"runs/{agent}/{run}/approvals/", cancellationToken: cancellationToken))
        {
            if (!entry.Path.Contains("/approvals/", StringComparison.Ordinal)) continue;
            var request = (await documents.ReadAsync<ApprovalRequest>(entry.Path, cancellationToken))?.Value;
            if (request is null || request.Due <= clock.GetUtcNow()) continue;
            if (await facts.ReadAsync<ApprovalAnswer>(request.Run.Run, request.Gate, request.Run.Round, cancellationToken) is not null) continue;
            if (await client.GetAsync(request.Run.Run, cancellationToken) is { HasEnded: true }) continue;
            open.Add(request);
        }
        return open;
    }

    /// <summary>Answers the open question of a run.</summary>
    /// <returns>The answer that counts (an earlier one, where somebody was faster), or null where nothing is asked.</returns>
    public async Task<ApprovalAnswer?> AnswerAsync(string agent, string run, bool approved, string by, string? reason, CancellationToken cancellationToken = default)
    {
        var open = await OpenAsync(agent, run, cancellationToken);
        if (open.Count == 0) return null;
        var request = open[^1];
        await facts.RecordAsync(run, request.Gate, request.Run.Round, new ApprovalAnswer(approved, by, reason, clock.GetUtcNow()), cancellationToken);
        await client.RaiseEventAsync(run, ApprovalGate.EventName(request.Gate, request.Run.Round), "answered", cancellationToken);
        return await facts.ReadAsync<ApprovalAnswer>(run, request.Gate, request.Run.Round, cancellationToken);
    }
}
