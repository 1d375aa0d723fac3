using System.Globalization;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Decides whether an agent is to be improved now, and records every decision with its evidence. A cause starts one run: it is consumed in the very
/// compare-and-swap that allocates the run's id, and
/// until <see cref="RunRegister.ConfirmStartedAsync"/> every evaluation gives that run again. May be called at any time, by several processes at once.
/// </summary>
public sealed class TriggerEvaluator
{
    private readonly ManifestStore _manifests;
    private readonly RoutingStore _routing;
    private readonly RequestBook _requests;
    private readonly RunRegister _runs;
    private readonly DecisionLog _decisions;
    private readonly AuditLog _audit;
    private readonly TimeProvider _clock;
    private readonly IReturnEstimator? _estimator;
    private readonly JsonDocuments _documents;
    private readonly TrendPolicy _trend;
    private readonly TriggerGuards _guards;

    /// <summary>Of what it reads and writes.</summary>
    public TriggerEvaluator(
        IObjectStore store, ManifestStore manifests, RoutingStore routing, RequestBook requests, RunRegister runs, SpendBook spend, LeaseBook leases,
        DecisionLog decisions, AuditLog audit, TrendThresholds thresholds, TimeProvider clock, IReturnEstimator? estimator = null)
    {
        (_manifests, _routing, _requests, _runs, _decisions, _audit, _clock, _estimator) = (manifests, routing, requests, runs, decisions, audit, clock, estimator);
        _documents = new JsonDocuments(store);
        _trend = new TrendPolicy(thresholds);
        _guards = new TriggerGuards(spend, leases);
    }

    /// <summary>Decides; null where there is no such agent.</summary>
    public async Task<TriggerDecision?> EvaluateAsync(string agent, CancellationToken cancellationToken = default)
    {
        if (await _manifests.GetAsync(agent, cancellationToken) is not { } revision) return null;
        var now = _clock.GetUtcNow();
        var state = await _runs.UpdateAsync(agent, s => WithNewSchedules(s, revision.Manifest, now), cancellationToken);
        var decision = state.Pending is { } pending
            ? new TriggerDecision(agent, now, TriggerOutcome.Pending, pending.Fired, [], 0, pending.Start)
            : await DecideAsync(revision, state, now, cancellationToken);
        await _decisions.RecordAsync(agent, decision, cancellationToken);
        if (decision.Start is { } start) await CompleteAsync(agent, start.Run, cancellationToken);
        return decision;
    }

    private async Task<TriggerDecision> DecideAsync(ManifestRevision revision, TriggerState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (manifest, agent) = (revision.Manifest, revision.Manifest.Agent);
        var signals = (await _documents.ReadAsync<AgentSignals>($"agents/{agent}/signals.json", cancellationToken))?.Value;
        var table = await _routing.GetAsync(agent, cancellationToken);
        var champion = table?.Champion;
        var ofChampion = champion is null ? null : signals?.Versions.GetValueOrDefault(champion);
        var previous = table is null ? null : PredecessorFall.Find(table, signals);
        var waiting = await LiveRequestsAsync(agent, now, cancellationToken);
        var isNamed = manifest.Triggers.Any(t => t.Kind == TriggerKind.Request);
        var heard = RequestPolicy.Heard(waiting, isNamed, now);
        var guards = await _guards.HoldingAsync(manifest, state, champion, now, heard.Any(r => r.By.Kind == RequesterKind.Person), cancellationToken);

        var policies = new List<PolicyEvidence> { RequestPolicy.Decide(waiting, isNamed, now) };
        foreach (var trigger in manifest.Triggers.Where(t => t.Kind != TriggerKind.Request).OrderBy(Rank))
        {
            policies.Add(trigger.Kind switch
            {
                TriggerKind.Trend => _trend.Decide(trigger, ofChampion, previous, previous is null ? null : signals!.Versions[previous]),
                TriggerKind.Threshold => ThresholdPolicy.Decide(trigger, manifest.Goal, manifest.Feedback, ofChampion),
                TriggerKind.Return => await EstimateAsync(trigger, agent, guards, cancellationToken),
                _ => SchedulePolicy.Decide(trigger, state.Schedules.GetValueOrDefault(SchedulePolicy.KeyOf(trigger), now), now),
            });
        }

        var fired = policies.Where(p => p.Fired).ToList();
        var decision = new TriggerDecision(agent, now,
            fired.Count == 0 ? TriggerOutcome.Idle : TriggerOutcome.Held, policies, guards, signals?.Generation ?? 0, null);
        if (fired.Count == 0 || guards.Count > 0) return decision;
        var start = await AllocateAsync(revision, state, fired, heard, now, cancellationToken);
        return start is null
            ? decision with { Guards = ["Another evaluation allocated a run at the same time."] }
            : decision with { Outcome = TriggerOutcome.Fired, Start = start };
    }

    private async Task<RunStart?> AllocateAsync(
        ManifestRevision revision, TriggerState seen, List<PolicyEvidence> fired, IReadOnlyList<ImprovementRequest> heard, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var (agent, number) = (revision.Manifest.Agent, seen.Runs + 1);
        var run = string.Create(CultureInfo.InvariantCulture, $"{agent}-{number:0000}");
        var cause = new ImprovementCause(fired[0].Kind, fired[0].By, string.Join(" ", fired.Select(f => f.Reason)));
        var start = new RunStart(run, cause, revision.Revision, revision.Manifest.Improvement.Mode);
        var mine = new PendingRun(start, fired, heard);
        var state = await _runs.UpdateAsync(agent, s => s.Runs != seen.Runs || s.Active is not null || s.LastEnded != seen.LastEnded ? s : s with
        {
            Runs = number,
            Active = run,
            Pending = mine,
            Schedules = s.Schedules.ToDictionary(e => e.Key, _ => now),
        }, cancellationToken);
        return ReferenceEquals(state.Pending, mine) ? start : null;
    }

    // Each step may be repeated; a process that dies between them leaves the pending run, and the next evaluation does them again.
    private async Task CompleteAsync(string agent, string run, CancellationToken cancellationToken)
    {
        if ((await _runs.ReadAsync(agent, cancellationToken)).Pending is not { } pending || pending.Start.Run != run) return;
        await _runs.WriteCauseAsync(agent, pending.Start, cancellationToken);
        await _audit.AppendAsync(agent, new AuditRecord("trigger", run, pending.Start.Cause.By, pending.Fired, $"trigger/{run}"), cancellationToken);
        foreach (var request in pending.Requests) await _requests.FinishAsync(request, run, cancellationToken);
    }

    private async Task<IReadOnlyList<ImprovementRequest>> LiveRequestsAsync(string agent, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = await _requests.WaitingAsync(agent, cancellationToken);
        foreach (var old in waiting.Where(r => now - r.At > RequestPolicy.MaxAge)) await _requests.FinishAsync(old, null, cancellationToken);
        return [.. waiting.Where(r => now - r.At <= RequestPolicy.MaxAge)];
    }

    private async Task<PolicyEvidence> EstimateAsync(TriggerSettings trigger, string agent, IReadOnlyList<string> guards, CancellationToken cancellationToken)
    {
        // An estimate may take a planner's time: not spent where nothing could come of it.
        if (guards.Count > 0) return PolicyEvidence.No(TriggerKind.Return, "Not estimated: " + guards[0]);
        return _estimator is null
            ? PolicyEvidence.No(TriggerKind.Return, "Not estimated: this host has no planner.")
            : ReturnPolicy.Decide(trigger, await _estimator.EstimateAsync(agent, cancellationToken));
    }

    // A schedule counts from when it was first seen; and while the agent is only watched, due times pass.
    private static TriggerState WithNewSchedules(TriggerState state, AgentManifest manifest, DateTimeOffset now)
    {
        var keys = manifest.Triggers.Where(t => t.Kind == TriggerKind.Schedule).DistinctBy(SchedulePolicy.KeyOf).ToDictionary(SchedulePolicy.KeyOf);
        var isOff = manifest.Improvement.Mode == ImprovementMode.Off;
        var served = keys.ToDictionary(
            k => k.Key,
            k => !state.Schedules.TryGetValue(k.Key, out var at) || (isOff && SchedulePolicy.LatestDue(k.Value, now) > at) ? now : at);
        return served.Count == state.Schedules.Count && served.All(e => state.Schedules.TryGetValue(e.Key, out var at) && at == e.Value)
            ? state
            : state with { Schedules = served };
    }

    private static int Rank(TriggerSettings trigger) => trigger.Kind switch { TriggerKind.Trend => 1, TriggerKind.Threshold => 2, TriggerKind.Return => 3, _ => 4 };
}
