using SelfImprove.Audit;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Monitoring;

/// <summary>The input of <see cref="QuarantineSource"/>.</summary>
/// <param name="Run">The run.</param>
/// <param name="Source">The source, as <c>kind:id</c>.</param>
/// <param name="Reason">Why, with the numbers.</param>
public sealed record QuarantineSourceInput(RunRef Run, string Source, string Reason);

/// <summary>Puts a source of feedback in quarantine: its feedback is kept and marked, its effect on signals undone.</summary>
public sealed class QuarantineSource(Quarantine quarantine, RunGuard guard, AuditLog audit) : Activity<QuarantineSourceInput, string>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<QuarantineSourceInput, string> Ref = new(nameof(QuarantineSource));

    /// <inheritdoc/>
    public override async Task<string> RunAsync(ActivityContext context, QuarantineSourceInput input, CancellationToken cancellationToken)
    {
        await guard.EnsureActiveAsync(input.Run, cancellationToken);
        await quarantine.SetAsync(input.Run.Agent, Parse(input.Source), true, cancellationToken);
        await audit.AppendAsync(input.Run.Agent, new AuditRecord("sourceQuarantined", input.Run.Run, "runtime", new { input.Source, input.Reason }, context.Key),
            cancellationToken);
        return input.Source;
    }

    private static FeedbackSource Parse(string source)
    {
        var colon = source.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Enum.TryParse<SourceKind>(source[..colon], ignoreCase: true, out var kind)
            ? new FeedbackSource(kind, source[(colon + 1)..])
            : throw new ArgumentException($"'{source}' names no source of feedback. Expected kind:id, as in human:ada.", nameof(source));
    }
}
