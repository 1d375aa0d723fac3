using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Runs;

/// <summary>How people look at runs and cancel them.</summary>
public sealed class RunService(IOrchestrationClient client, FactBook facts, TimeProvider clock)
{
    /// <summary>
    /// Cancels a run: the fact first, then a nudge to everything of it that waits. What acts next finds the fact and stops; the
    /// run cleans up (job cancelled, challenger withdrawn, pause lifted) and ends as cancelled.
    /// </summary>
    /// <returns>False where there is no such run, or it has ended.</returns>
    public async Task<bool> CancelAsync(string run, string by, string? reason, CancellationToken cancellationToken = default)
    {
        if (await client.GetAsync(run, cancellationToken) is not { HasEnded: false }) return false;
        await facts.RecordAsync(run, RunGuard.CancelGate, 0, new Cancellation(by, reason, clock.GetUtcNow()), cancellationToken);
        await foreach (var instance in client.ListAsync(run, cancellationToken))
            if (!instance.HasEnded && (instance.InstanceId == run || instance.InstanceId.StartsWith(run + "/", StringComparison.Ordinal)))
                await client.RaiseEventAsync(instance.InstanceId, CancelEvent, reason ?? "", cancellationToken);
        return true;
    }

    /// <summary>The event that wakes whatever waits in a cancelled run.</summary>
    public const string CancelEvent = "cancel";
}
