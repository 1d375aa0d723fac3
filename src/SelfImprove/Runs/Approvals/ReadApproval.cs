using SelfImprove.Audit;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Runs.Approvals;

/// <summary>The input of <see cref="ReadApproval"/>.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Expired">Whether its time is up: then no answer becomes a refusal, for good.</param>
public sealed record ReadApprovalInput(ApprovalRequest Request, bool Expired);

/// <summary>What <see cref="ReadApproval"/> found.</summary>
/// <param name="Answer">The answer; null where there is none yet.</param>
public sealed record ReadApprovalOutput(ApprovalAnswer? Answer);

/// <summary>Reads a gate's fact. At expiry it writes the refusal itself: whichever fact is first counts, a late yes changes nothing.</summary>
public sealed class ReadApproval(FactBook facts, AuditLog audit, RunGuard guard) : Activity<ReadApprovalInput, ReadApprovalOutput>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<ReadApprovalInput, ReadApprovalOutput> Ref = new(nameof(ReadApproval));

    /// <inheritdoc/>
    public override async Task<ReadApprovalOutput> RunAsync(ActivityContext context, ReadApprovalInput input, CancellationToken cancellationToken)
    {
        var (run, gate) = (input.Request.Run, input.Request.Gate);
        await guard.EnsureActiveAsync(run, cancellationToken);
        if (input.Expired)
            await facts.RecordAsync(run.Run, gate, run.Round,
                new ApprovalAnswer(false, "runtime", $"Nobody answered until {input.Request.Due:u}.", input.Request.Due), cancellationToken);
        var answer = await facts.ReadAsync<ApprovalAnswer>(run.Run, gate, run.Round, cancellationToken);
        if (answer is not null)
            await audit.AppendAsync(
                run.Agent, new AuditRecord("approvalAnswered", run.Run, answer.By, new { gate, run.Round, answer.Approved, answer.Reason, answer.At },
                    $"{run.Run}/{gate}/{run.Round}/answer"), cancellationToken);
        return new ReadApprovalOutput(answer);
    }
}
