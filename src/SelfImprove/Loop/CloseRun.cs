using SelfImprove.Agents.Manifests;
using SelfImprove.Audit;
using SelfImprove.Deployment;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Loop;

/// <summary>The input of <see cref="CloseRun"/>.</summary>
/// <param name="Input">The run.</param>
/// <param name="Opened">What it started from.</param>
/// <param name="Course">What it did.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record CloseRunInput(ImprovementInput Input, OpenedRun Opened, RunCourseRecord Course, ImprovementOutcome Outcome);

/// <summary>Cleans up after a run, whatever its ending: withdraws its challenger, lifts its pause, writes ledger, outcome and audit, releases the leases.</summary>
public sealed class CloseRun(
    RouteCleanup cleanup, ManifestStore manifests, LeaseBook leases, RunRegister register, Ledger ledger, SpendBook spend, JsonDocuments documents, AuditLog audit, TimeProvider clock)
    : Activity<CloseRunInput, ImprovementOutcome>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<CloseRunInput, ImprovementOutcome> Ref = new(nameof(CloseRun));

    /// <inheritdoc/>
    public override async Task<ImprovementOutcome> RunAsync(ActivityContext context, CloseRunInput input, CancellationToken cancellationToken)
    {
        var (agent, run) = (input.Input.Agent, new RunRef(input.Input.Agent, input.Input.Run, input.Outcome.Rounds, input.Opened.ManifestRevision));
        await cleanup.CleanAsync(agent, run.Run, cancellationToken);
        var spent = await spend.OfRunAsync(run, cancellationToken);
        await documents.WriteAsync(run.Path("outcome.json"), new RunRecord(input.Input, input.Outcome, input.Course, spent, clock.GetUtcNow()), WriteCondition.IfAbsent, cancellationToken);
        if (input.Course.Plan.Length > 0 && input.Outcome.Ending != ImprovementEnding.Advised)
            await ledger.RecordAsync(
                agent,
                new LedgerEntry(
                    run.Run, clock.GetUtcNow(), input.Course.Plan, input.Course.Rows, input.Course.PredictedGain, input.Course.RealisedGain, input.Course.OnlineGain,
                    input.Course.PredictedCostUsd, spent, input.Outcome.Ending.ToString()),
                cancellationToken);
        await audit.AppendAsync(agent, new AuditRecord("runEnded", run.Run, "runtime", new { input.Outcome.Ending, input.Outcome.Reason, input.Outcome.Champion, spent }, context.Key), cancellationToken);
        if ((await manifests.GetAsync(agent, input.Opened.ManifestRevision, cancellationToken))?.Manifest.Group is { } group)
            await leases.ReleaseAsync(LeaseBook.ForGroup(group), run.Run, cancellationToken);
        await leases.ReleaseAsync(LeaseBook.ForAgent(agent), run.Run, cancellationToken);
        await register.EndAsync(agent, run.Run, cancellationToken);
        return input.Outcome;
    }
}

/// <summary>A run that has ended, as kept in <c>runs/{agent}/{run}/outcome.json</c>.</summary>
/// <param name="Input">The run and its cause.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Course">What it did.</param>
/// <param name="SpentUsd">What was charged.</param>
/// <param name="EndedAt">When.</param>
public sealed record RunRecord(ImprovementInput Input, ImprovementOutcome Outcome, RunCourseRecord Course, decimal SpentUsd, DateTimeOffset EndedAt);
