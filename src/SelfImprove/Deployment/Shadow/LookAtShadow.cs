using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Evaluation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Deployment.Shadow;

/// <summary>The input of <see cref="LookAtShadow"/>.</summary>
/// <param name="Rollout">The rollout, with its shadow stage.</param>
/// <param name="Now">The time of the look: requests served before it are replayed.</param>
public sealed record LookAtShadowInput(RolloutInput Rollout, DateTimeOffset Now);

/// <summary>The output of <see cref="LookAtShadow"/>, and the rollout's status for people.</summary>
/// <param name="Step">What to do.</param>
/// <param name="Reading">The numbers.</param>
public sealed record ShadowLook(ShadowStep Step, ShadowReading Reading)
{
    /// <summary>The stage, for people.</summary>
    public string Stage { get; init; } = "shadow";
}

/// <summary>
/// Has the challenger answer what callers have asked the champion since the stage began, in lots of a few, compares the answers and says what to do. Every lot is
/// decided on by itself, so a harmful challenger costs no more lots than its proof takes. Nobody waits for these answers, and nobody sees them.
/// </summary>
/// <param name="routing">The routing tables.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="shadows">The stages' states.</param>
/// <param name="traffic">Reads the agent's interactions.</param>
/// <param name="replay">Asks and compares.</param>
/// <param name="facts">Whether the run was cancelled.</param>
/// <param name="guard">Whether the run may still act.</param>
public sealed class LookAtShadow(
    RoutingStore routing, PinnedManifests manifests, ShadowFile shadows, TrafficReader traffic, ShadowReplay replay, FactBook facts, RunGuard guard)
    : Activity<LookAtShadowInput, ShadowLook>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<LookAtShadowInput, ShadowLook> Ref = new(nameof(LookAtShadow));

    /// <summary>How its call is repeated: for as long as a killed execution's claim on a lot may last.</summary>
    public static readonly RetryPolicy Retry = new(40, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(1));

    /// <summary>Lots of one look: a look must end.</summary>
    public const int LotsPerLook = 10;

    /// <inheritdoc />
    public override async Task<ShadowLook> RunAsync(ActivityContext context, LookAtShadowInput input, CancellationToken cancellationToken)
    {
        var rollout = input.Rollout;
        ProductTelemetry.Tag(TelemetryNames.AgentVersion, rollout.Candidate);
        var begun = rollout.Shadow ?? throw new ArgumentException("A look needs the shadow stage that was begun.", nameof(input));
        var manifest = await manifests.GetAsync(rollout.Run, cancellationToken);
        var rules = ShadowRules.Of(manifest.Deployment.Rollout);
        var state = await shadows.ReadAsync(rollout, cancellationToken)
            ?? throw new InvalidOperationException($"{ShadowFile.PathOf(rollout)} is not in the store: the shadow's requests can't be counted.");
        var table = await routing.GetAsync(rollout.Run.Agent, cancellationToken);
        var underWay = table?.Experiment is { Stage: RolloutStage.Shadow } route && route.Id == begun.Id;
        var isCancelled = await facts.ReadAsync<Cancellation>(rollout.Run.Run, RunGuard.CancelGate, 0, cancellationToken) is not null;
        var more = false;
        if (!isCancelled && underWay && state.Ended is null) (state, more) = await ReplayAsync(rollout, manifest, rules, state, input.Now, cancellationToken);

        var reading = ShadowAnalysis.Read(state, rules);
        var isOver = input.Now >= begun.Deadline || state.OutOfMoney is not null;
        var step = ShadowPolicy.Next(reading.Decision, isCancelled, underWay, isOver, state.Pairs >= ShadowSettings.FewestRequests, more);
        return new ShadowLook(step, reading with { Reason = Reason(step, reading, isCancelled, table, begun, state, manifest) });
    }

    private async Task<(ShadowState State, bool More)> ReplayAsync(
        RolloutInput rollout, AgentManifest manifest, ShadowRules rules, ShadowState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Queue<Interaction>? waiting = null;
        for (var lots = 0; lots < LotsPerLook; lots++)
        {
            if (ShadowAnalysis.Read(state, rules).Decision != ShadowDecision.KeepWaiting || state.OutOfMoney is not null) return (state, false);
            // A lot that was answered before the process died counts as it is; what is waiting may have changed since.
            if (await replay.FindAsync(rollout, state.Lots, cancellationToken) is not { } lot)
            {
                waiting ??= new(await ShadowTraffic.WaitingAsync(
                    traffic, manifest, rollout.Champion, state, now, Math.Min(rules.Requests - state.Pairs, LotsPerLook * ShadowReplay.LotSize) + 1, cancellationToken));
                while (waiting.TryPeek(out var next) && state.Has(next.Id)) waiting.Dequeue();
                if (waiting.Count == 0) return (state, false);
                await guard.EnsureActiveAsync(rollout.Run, cancellationToken);
                var wanted = Math.Min(ShadowReplay.LotSize, rules.Requests - state.Pairs);
                var asked = waiting.Take(wanted).ToList();
                try
                {
                    lot = await replay.AnswerAsync(rollout, manifest, state, asked, waiting.Count <= asked.Count, cancellationToken);
                }
                catch (BudgetExceededException over)
                {
                    return (await EndMoneyAsync(rollout, over.Message, cancellationToken), false);
                }
            }
            var outOfMoney = await replay.BookAsync(rollout, manifest, lot, cancellationToken);
            state = await shadows.ChangeAsync(rollout, s => Fold(s, lot, now, outOfMoney), cancellationToken) ?? throw Vanished(rollout);
        }
        return (state, waiting?.Any(w => !state.Has(w.Id)) ?? true);
    }

    private static bool Fold(ShadowState state, ShadowLot lot, DateTimeOffset now, string? outOfMoney)
    {
        if (!state.Fold(lot)) return false;
        state.OutOfMoney ??= outOfMoney;
        if (lot.IsLast && now > state.ReplayedUntil) state.ReplayedUntil = now;
        return true;
    }

    private async Task<ShadowState> EndMoneyAsync(RolloutInput rollout, string why, CancellationToken cancellationToken) =>
        await shadows.ChangeAsync(rollout, s => s.OutOfMoney is null && (s.OutOfMoney = why) is not null, cancellationToken) ?? throw Vanished(rollout);

    private static TransientException Vanished(RolloutInput rollout) => new($"{ShadowFile.PathOf(rollout)} vanished while it was changed.");

    private static string Reason(
        ShadowStep step, ShadowReading reading, bool cancelled, RoutingTable? table, BegunShadow begun, ShadowState state, AgentManifest manifest) => step switch
        {
            ShadowStep.Cancel when cancelled => $"the run was cancelled; in the shadow: {reading.Reason}",
            ShadowStep.Cancel =>
                $"the experiment {begun.Id} was taken out of the routing by {table?.ChangedBy ?? "a person"}; {table?.Champion} serves; in the shadow: {reading.Reason}",
            ShadowStep.Withdraw => $"withdrawn in the shadow, before anybody saw its answers: {reading.Reason}",
            ShadowStep.Expire => $"too little was seen in the shadow: {reading.Reason}, at least {ShadowSettings.FewestRequests} are needed, and "
                + (state.OutOfMoney is { } over ? $"the money is spent: {over}" : $"deployment.rollout.shadow.maxDuration of {manifest.Deployment.Rollout.Shadow.MaxDuration} is over")
                + ". Nobody was sent to a version of which so little is known; allow it more, or set shadow.requests to 0",
            ShadowStep.BeginTest when state.OutOfMoney is { } over => $"the shadow ended with the money: {over}; {reading.Reason}",
            ShadowStep.BeginTest when reading.Decision != ShadowDecision.Pass => $"the shadow's time is over; {reading.Reason}",
            _ => reading.Reason,
        };
}
