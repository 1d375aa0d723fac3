using System.Collections.Concurrent;
using System.Diagnostics;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Telemetry;

/// <summary>
/// The one trace of each run: that of the newest interaction that called for it, which the run continues over every activity on whichever host, to the span of
/// the whole run at its close; the other interactions are linked to. A run's trace is always taken in full: runs are few, and each is worth its explanation. Nothing here can fail a run.
/// </summary>
/// <param name="store">Where a run's trace is kept.</param>
/// <param name="clock">Dates runs.</param>
public sealed class RunTraces(IObjectStore store, TimeProvider clock)
{
    private const string WorkflowName = "ImprovementLoop";
    private const int Kept = 1_000;
    private readonly JsonDocuments _documents = new(store);
    private readonly ConcurrentDictionary<string, RunTrace> _known = new(StringComparer.Ordinal);

    /// <summary>The run that an orchestration instance is part of, and its agent; null where its id is no run's.</summary>
    public static (string Agent, string Run)? RunOf(string instanceId)
    {
        var slash = instanceId.IndexOf('/', StringComparison.Ordinal);
        var run = slash < 0 ? instanceId : instanceId[..slash];
        var dash = run.LastIndexOf('-');
        return dash > 0 && StoragePath.IsName(run[..dash]) && StoragePath.IsSegment(run) ? (run[..dash], run) : null;
    }

    /// <summary>Begins a run's trace, once: a start that is repeated finds it begun.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="run">The run.</param>
    /// <param name="trigger">The policy that fired.</param>
    /// <param name="causes">Finds the contexts of the interactions that called for it, the one that weighs most first.</param>
    /// <param name="decision">The span that decided it; null where nobody takes it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task BeginAsync(string agent, string run, string trigger, Func<Task<IReadOnlyList<ActivityLink>>> causes, Activity? decision = null, CancellationToken cancellationToken = default)
    {
        if (!ProductTelemetry.IsTraced) return;
        await TryAsync(async () =>
        {
            if (await FindAsync(agent, run, cancellationToken) is not null) return;
            var interactions = await causes();
            var now = clock.GetUtcNow();
            // A caller may have chosen not to keep its trace: the run's part of it is kept all the same.
            var parent = interactions is [{ Context: var newest }, ..]
                ? new ActivityContext(newest.TraceId, newest.SpanId, ActivityTraceFlags.Recorded, newest.TraceState, isRemote: true)
                : new ActivityContext(RunTrace.TraceIdOf(run, now), default, ActivityTraceFlags.Recorded);
            IReadOnlyList<ActivityLink> links = decision is null ? interactions : [new ActivityLink(decision.Context), .. interactions];
            using var root = ProductTelemetry.StartTrace(
                $"start {WorkflowName}", [.. Tags(agent, run), new(TelemetryNames.Trigger, trigger)], ActivityKind.Producer, parent, links);
            if (root.Span?.Id is not { } id) return;
            await _documents.WriteAsync(PathOf(agent, run), new RunTrace(id, now), WriteCondition.IfAbsent, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>What spans of a run are children of.</summary>
    public async Task<ActivityContext> ContextAsync(string agent, string run, CancellationToken cancellationToken = default)
    {
        var context = default(ActivityContext);
        await TryAsync(async () => context = ProductTelemetry.ContextOf((await FindAsync(agent, run, cancellationToken))?.Traceparent), cancellationToken);
        return context == default ? RunTrace.Untold(run) : context;
    }

    /// <summary>Closes a run's trace with the span of the whole run, and counts its ending. To be called once a run.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="run">The run.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="spent">What it was charged, in USD.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task CloseAsync(string agent, string run, ImprovementOutcome outcome, decimal spent, CancellationToken cancellationToken = default)
    {
        var ending = outcome.Ending.ToString();
        ProductMetrics.Runs.Add(1, new(TelemetryNames.AgentName, agent), new(TelemetryNames.Ending, ending));
        if (!ProductTelemetry.IsTraced && !ProductMetrics.RunDuration.Enabled) return;
        await TryAsync(async () =>
        {
            var trace = await FindAsync(agent, run, cancellationToken);
            var now = clock.GetUtcNow();
            if (trace is not null)
                ProductMetrics.RunDuration.Record((now - trace.StartedAt).TotalSeconds,
                    new(TelemetryNames.Workflow, WorkflowName), new(TelemetryNames.AgentName, agent), new(TelemetryNames.Ending, ending));
            var parent = trace is null ? RunTrace.Untold(run) : ProductTelemetry.ContextOf(trace.Traceparent);
            using var span = ProductTelemetry.Source.StartActivity(
                $"{TelemetryNames.InvokeWorkflow} {WorkflowName}", ActivityKind.Internal, parent, Tags(agent, run), startTime: trace?.StartedAt ?? now);
            if (span is null) return;
            span.SetTag(TelemetryNames.Ending, ending).SetTag(TelemetryNames.Rounds, outcome.Rounds).SetTag(TelemetryNames.Cost, (double)spent);
            if ((outcome.Candidate ?? outcome.Champion) is { } version) span.SetTag(TelemetryNames.AgentVersion, version);
            if (outcome.Ending == ImprovementEnding.Failed) span.Fail(ending);
            span.SetEndTime(now.UtcDateTime);
        }, cancellationToken);
    }

    private async Task<RunTrace?> FindAsync(string agent, string run, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(run, out var known)) return known;
        if ((await _documents.ReadAsync<RunTrace>(PathOf(agent, run), cancellationToken))?.Value is not { } found) return null;
        if (_known.Count >= Kept) _known.Clear();
        return _known[run] = found;
    }

    private static KeyValuePair<string, object?>[] Tags(string agent, string run) =>
    [
        new(TelemetryNames.Operation, TelemetryNames.InvokeWorkflow),
        new(TelemetryNames.Workflow, WorkflowName),
        new(TelemetryNames.AgentName, agent),
        new(TelemetryNames.Run, run),
    ];

    private static string PathOf(string agent, string run) => new RunRef(agent, run, 0, 0).Path("trace.json");

    // A trace that can't be told must not stop what it would tell of.
    private static async Task TryAsync(Func<Task> tell, CancellationToken cancellationToken)
    {
        try
        {
            await tell();
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            ProductTelemetry.Tag(TelemetryNames.ErrorType, e.GetType().Name);
        }
    }
}
