using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Runs;

/// <summary>Asked by every activity that spends, submits or routes: may this run still act?</summary>
/// <param name="facts">Where a cancellation is written.</param>
/// <param name="leases">Who holds the agent.</param>
public sealed class RunGuard(FactBook facts, LeaseBook leases)
{
    /// <summary>The gate under which a cancellation is kept, with round 0.</summary>
    public const string CancelGate = "cancel";

    /// <summary>Whether a failure says that the run may not act any more: then its orchestrations end rather than make do with less.</summary>
    public static bool Forbids(Failure failure) => failure.Type is nameof(RunEndedException) or nameof(LeaseLostException);

    /// <summary>Returns where the run may act.</summary>
    /// <exception cref="RunEndedException">A person cancelled it.</exception>
    /// <exception cref="LeaseLostException">Another run holds the agent, or nobody does.</exception>
    public async Task EnsureActiveAsync(RunRef run, CancellationToken cancellationToken = default)
    {
        if (await facts.ReadAsync<Cancellation>(run.Run, CancelGate, 0, cancellationToken) is { } cancelled)
            throw new RunEndedException($"Run {run.Run} was cancelled by {cancelled.By}{(cancelled.Reason is { Length: > 0 } why ? $": {why}" : "")}.");
        await leases.VerifyAsync(LeaseBook.ForAgent(run.Agent), run.Run, cancellationToken);
    }
}
