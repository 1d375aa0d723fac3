using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Telemetry;

namespace SelfImprove.Deployment;

/// <summary>
/// Splits the traffic between champion and candidate. It may run twice, even late: an experiment that has ended is not begun again.
/// A pause of this run ends here: an A/B test needs traffic.
/// </summary>
/// <param name="routing">The routing tables.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="experiments">The experiments' states.</param>
/// <param name="audit">Writes the traffic change into the audit chain.</param>
/// <param name="guard">Whether the run may still act.</param>
/// <param name="clock">Tells when it began.</param>
public sealed class BeginExperiment(RoutingStore routing, PinnedManifests manifests, ExperimentFile experiments, AuditLog audit, RunGuard guard, TimeProvider clock)
    : Activity<RolloutInput, BegunExperiment>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<RolloutInput, BegunExperiment> Ref = new(nameof(BeginExperiment));

    /// <inheritdoc />
    public override async Task<BegunExperiment> RunAsync(ActivityContext context, RolloutInput input, CancellationToken cancellationToken)
    {
        ProductTelemetry.Tag(TelemetryNames.AgentVersion, input.Candidate);
        await guard.EnsureActiveAsync(input.Run, cancellationToken);
        var settings = (await manifests.GetAsync(input.Run, cancellationToken)).Deployment.Rollout;
        var state = await experiments.CreateAsync(input, clock.GetUtcNow(), cancellationToken);
        var begun = new BegunExperiment(input.Experiment, state.StartedAt, state.StartedAt + settings.Deadline, settings.LookEvery);
        if (state.Ended is not null) return begun;

        var route = new ExperimentRoute(input.Experiment, input.Candidate, settings.Shares[0], state.StartedAt);
        var change = await routing.ChangeAsync(input.Run.Agent, table => Split(table, input, route), input.Run.Run, cancellationToken);
        if (change.Refusal is { } refusal) throw new InvalidOperationException($"{input.Candidate} can't be tested: {refusal}");
        // Between the first look at the state and the change it may have ended (a repetition that came very late): then it ends again.
        if (await experiments.ReadAsync(input, cancellationToken) is { Ended: not null })
        {
            await routing.ChangeAsync(input.Run.Agent, table => RoutingChanges.Withdraw(table, input.Experiment), input.Run.Run, cancellationToken);
            return begun;
        }
        var evidence = new { Experiment = route.Id, input.Champion, Challenger = input.Candidate, route.Share, begun.Deadline, input.SuperiorityProven };
        await audit.AppendAsync(input.Run.Agent, new AuditRecord("trafficSplit", input.Run.Run, "runtime", evidence, context.Key), cancellationToken);
        return begun;
    }

    private static RoutingChange Split(RoutingTable table, RolloutInput input, ExperimentRoute route)
    {
        if (table.Champion != input.Champion && table.Champion != input.Candidate)
            return RoutingChange.Refused(table, $"it was judged against {input.Champion}, but {table.Champion} serves now.");
        if (table.Champion == input.Candidate) return RoutingChange.Already(table);
        if (input.Shadows && table.Experiment?.Id != input.Experiment)
            return RoutingChange.Refused(table, $"its shadow was taken out of the routing by {table.ChangedBy ?? "a person"}; {table.Champion} serves.");
        var split = RoutingChanges.StartExperiment(table, route);
        return split.Holds && split.Table!.Pause?.Run == input.Run.Run ? RoutingChange.To(split.Table with { Pause = null }) : split;
    }
}
