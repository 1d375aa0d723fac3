using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Deployment;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Loop;

/// <summary>The input of <see cref="CloseRun"/>.</summary>
/// <param name="Input">The run.</param>
/// <param name="Opened">What it started from.</param>
/// <param name="Course">What it did.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record CloseRunInput(ImprovementInput Input, OpenedRun Opened, RunCourseRecord Course, ImprovementOutcome Outcome);

/// <summary>Cleans up after a run, whatever its ending: withdraws its challenger, lifts its pause, writes ledger, outcome and audit, releases the leases.</summary>
public sealed class CloseRun(
    RouteCleanup cleanup, RoutingStore routing, ManifestStore manifests, LeaseBook leases, RunRegister register, Ledger ledger, SpendBook spend,
    JsonDocuments documents, AuditLog audit, RunTraces traces, TimeProvider clock)
    : Activity<CloseRunInput, ImprovementOutcome>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<CloseRunInput, ImprovementOutcome> Ref = new(nameof(CloseRun));

    /// <summary>How its call is repeated: an agent whose run can't be closed stays held, so it outlasts a store's outage of hours.</summary>
    public static readonly RetryPolicy Retry = new(60, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(5));

    /// <inheritdoc/>
    public override async Task<ImprovementOutcome> RunAsync(ActivityContext context, CloseRunInput input, CancellationToken cancellationToken)
    {
        var (agent, run) = (input.Input.Agent, new RunRef(input.Input.Agent, input.Input.Run, input.Outcome.Rounds, input.Opened.ManifestRevision));
        await cleanup.CleanAsync(agent, run.Run, cancellationToken);
        // A person may have rolled back meanwhile: what serves is told by the routing.
        var outcome = input.Outcome with { Champion = (await routing.GetAsync(agent, cancellationToken))?.Champion ?? input.Outcome.Champion };
        var spent = await spend.OfRunAsync(run, cancellationToken);
        var path = run.Path("outcome.json");
        if ((await documents.WriteAsync(path, new RunRecord(input.Input, outcome, input.Course, spent, clock.GetUtcNow()), WriteCondition.IfAbsent, cancellationToken)).Written)
            await traces.CloseAsync(agent, run.Run, outcome, spent, cancellationToken);
        else
            outcome = (await documents.ReadAsync<RunRecord>(path, cancellationToken))?.Value.Outcome ?? outcome;
        if (input.Course.Plan.Length > 0 && outcome.Ending != ImprovementEnding.Advised)
            await ledger.RecordAsync(agent, await EntryAsync(run, input.Course, spent, outcome, cancellationToken), cancellationToken);
        await audit.AppendAsync(agent,
            new AuditRecord("runEnded", run.Run, "runtime", new { outcome.Ending, outcome.Reason, outcome.Champion, spent }, context.Key), cancellationToken);
        if ((await manifests.GetAsync(agent, input.Opened.ManifestRevision, cancellationToken))?.Manifest.Group is { } group)
            await leases.ReleaseAsync(LeaseBook.ForGroup(group), run.Run, cancellationToken);
        await leases.ReleaseAsync(LeaseBook.ForAgent(agent), run.Run, cancellationToken);
        await register.EndAsync(agent, run.Run, cancellationToken);
        return outcome;
    }

    /// <summary>What was promised and kept, with what the next prediction learns from: the champion's rows and error, and how many items told the gain.</summary>
    private async Task<LedgerEntry> EntryAsync(RunRef run, RunCourseRecord course, decimal spent, ImprovementOutcome outcome, CancellationToken cancellationToken)
    {
        var choice = (await documents.ReadAsync<PlanChoice>(run.Path("plan", "json"), cancellationToken))?.Value;
        var report = course.RealisedGain is null ? null : (await documents.ReadAsync<EvaluationReport>(run.Path("report", "json"), cancellationToken))?.Value;
        var entry = new LedgerEntry(
            run.Run, clock.GetUtcNow(), course.Plan, course.Rows, course.PredictedGain, course.RealisedGain, course.OnlineGain, course.PredictedCostUsd, spent,
            outcome.Ending.ToString())
        {
            ChampionRows = choice?.ChampionRows is > 0 and var rows ? rows : null,
        };
        if (report is null) return entry;
        var error = 1 - report.ChampionScore;
        return entry with
        {
            ChampionError = error,
            Items = report.Items,
            PredictedSd = choice?.Chosen is { } chosen
                ? Math.Sqrt((chosen.GainSd * chosen.GainSd) + LearningCurveForecast.MeasuredVariance(error, chosen.Gain, report.Items))
                : null,
        };
    }
}

/// <summary>A run that has ended, as kept in <c>runs/{agent}/{run}/outcome.json</c>.</summary>
/// <param name="Input">The run and its cause.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Course">What it did.</param>
/// <param name="SpentUsd">What was charged.</param>
/// <param name="EndedAt">When.</param>
public sealed record RunRecord(ImprovementInput Input, ImprovementOutcome Outcome, RunCourseRecord Course, decimal SpentUsd, DateTimeOffset EndedAt);
