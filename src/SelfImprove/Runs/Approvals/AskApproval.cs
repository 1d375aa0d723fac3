using SelfImprove.Audit;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Runs.Approvals;

/// <summary>Writes a question down, once, where people and the API find it.</summary>
public sealed class AskApproval(JsonDocuments documents, AuditLog audit) : Activity<ApprovalRequest, string>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<ApprovalRequest, string> Ref = new(nameof(AskApproval));

    /// <summary>Where a request is kept.</summary>
    public static string PathOf(RunRef run, string gate) => run.Path($"approvals/{gate}-{run.Round}.json");

    /// <inheritdoc/>
    public override async Task<string> RunAsync(ActivityContext context, ApprovalRequest input, CancellationToken cancellationToken)
    {
        var path = PathOf(input.Run, input.Gate);
        await documents.WriteAsync(path, input, WriteCondition.IfAbsent, cancellationToken);
        await audit.AppendAsync(
            input.Run.Agent,
            new AuditRecord("approvalAsked", input.Run.Run, "runtime", new { input.Gate, input.Run.Round, input.Question, input.Due }, context.Key),
            cancellationToken);
        return path;
    }
}
