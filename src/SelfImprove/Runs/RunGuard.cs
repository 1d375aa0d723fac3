using SelfImprove.Storage;

namespace SelfImprove.Runs;

/// <summary>Asked by every activity that spends, submits or routes: may this run still act?</summary>
/// <param name="facts">Where a cancellation is written.</param>
/// <param name="leases">Who holds the agent.</param>
public sealed class RunGuard(FactBook facts, LeaseBook leases)
{
    /// <summary>The gate under which a cancellation is kept, with round 0.</summary>
    public const string CancelGate = "cancel";

    /// <summary>Returns where the run may act.</summary>
    /// <exception cref="RunEndedException">It was cancelled, or another run holds the agent.</exception>
    public async Task EnsureActiveAsync(RunRef run, CancellationToken cancellationToken = default)
    {
        if (await facts.ReadAsync<Cancellation>(run.Run, CancelGate, 0, cancellationToken) is { } cancelled)
            throw new RunEndedException($"Run {run.Run} was cancelled by {cancelled.By}{(cancelled.Reason is { Length: > 0 } why ? $": {why}" : "")}.", cancelled: true);
        try
        {
            await leases.VerifyAsync(LeaseBook.ForAgent(run.Agent), run.Run, cancellationToken);
        }
        catch (LeaseLostException lost)
        {
            throw new RunEndedException(lost.Message, cancelled: false);
        }
    }
}
