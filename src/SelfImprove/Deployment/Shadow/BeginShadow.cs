using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Deployment.Shadow.Scoring;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Telemetry;

namespace SelfImprove.Deployment.Shadow;

/// <summary>
/// Puts the candidate into the champion's shadow: the routing names it, nobody is sent to it. It may run twice, even late: a stage that has ended is not begun again.
/// A pause of this run ends here: without traffic there is nothing to answer.
/// </summary>
/// <param name="routing">The routing tables.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="shadows">The stages' states.</param>
/// <param name="scorers">Tell who compares the answers.</param>
/// <param name="audit">Writes the beginning into the audit chain.</param>
/// <param name="guard">Whether the run may still act.</param>
/// <param name="clock">Tells when it began.</param>
public sealed class BeginShadow(
    RoutingStore routing, PinnedManifests manifests, ShadowFile shadows, PairScorers scorers, AuditLog audit, RunGuard guard, TimeProvider clock)
    : Activity<RolloutInput, BegunShadow>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<RolloutInput, BegunShadow> Ref = new(nameof(BeginShadow));

    /// <inheritdoc />
    public override async Task<BegunShadow> RunAsync(ActivityContext context, RolloutInput input, CancellationToken cancellationToken)
    {
        ProductTelemetry.Tag(TelemetryNames.AgentVersion, input.Candidate);
        await guard.EnsureActiveAsync(input.Run, cancellationToken);
        var manifest = await manifests.GetAsync(input.Run, cancellationToken);
        var settings = manifest.Deployment.Rollout;
        var now = clock.GetUtcNow();
        var fresh = new ShadowState
        {
            Experiment = input.Experiment, StartedAt = now, ReplayedUntil = now, Scorer = await scorers.ChooseAsync(input.Run, manifest, cancellationToken),
        };
        var state = await shadows.CreateAsync(input, fresh, cancellationToken);
        var begun = new BegunShadow(input.Experiment, state.StartedAt + settings.Shadow.MaxDuration, settings.LookEvery);
        if (state.Ended is not null) return begun;

        var route = new ExperimentRoute(input.Experiment, input.Candidate, 0, state.StartedAt, RolloutStage.Shadow);
        var change = await routing.ChangeAsync(input.Run.Agent, table => Shade(table, input, route), input.Run.Run, cancellationToken);
        if (change.Refusal is { } refusal) throw new InvalidOperationException($"{input.Candidate} can't be tested: {refusal}");
        // Between the first look at the state and the change it may have ended (a repetition that came very late): then it ends again.
        if (change.Changed && await shadows.ReadAsync(input, cancellationToken) is { Ended: not null })
        {
            await routing.ChangeAsync(input.Run.Agent, table => RoutingChanges.Withdraw(table, input.Experiment), input.Run.Run, cancellationToken);
            return begun;
        }
        var evidence = new { Experiment = route.Id, input.Champion, Challenger = input.Candidate, settings.Shadow.Requests, settings.Shadow.Share, state.Scorer, begun.Deadline };
        await audit.AppendAsync(input.Run.Agent, new AuditRecord("shadowBegun", input.Run.Run, "runtime", evidence, context.Key), cancellationToken);
        return begun;
    }

    private static RoutingChange Shade(RoutingTable table, RolloutInput input, ExperimentRoute route)
    {
        if (table.Champion != input.Champion)
            return RoutingChange.Refused(table, $"it was judged against {input.Champion}, but {table.Champion} serves now.");
        var shaded = RoutingChanges.StartExperiment(table, route);
        return shaded is { Changed: true, Table: { } after } && after.Pause?.Run == input.Run.Run ? RoutingChange.To(after with { Pause = null }) : shaded;
    }
}
