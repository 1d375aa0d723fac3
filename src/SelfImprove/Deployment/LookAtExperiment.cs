using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Evaluation;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Deployment;

/// <summary>Folds the requests that have matured since the last look, and says what to do. Looked at twice for one time, it says the same.</summary>
/// <param name="routing">The routing tables.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="experiments">The experiments' states.</param>
/// <param name="traffic">Reads the agent's interactions.</param>
/// <param name="facts">Whether the run was cancelled.</param>
public sealed class LookAtExperiment(
    RoutingStore routing, PinnedManifests manifests, ExperimentFile experiments, TrafficReader traffic, FactBook facts) : Activity<LookInput, LookOutput>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<LookInput, LookOutput> Ref = new(nameof(LookAtExperiment));

    /// <inheritdoc />
    public override async Task<LookOutput> RunAsync(ActivityContext context, LookInput input, CancellationToken cancellationToken)
    {
        var rollout = input.Rollout;
        var begun = rollout.Begun ?? throw new ArgumentException("A look needs the experiment that was begun.", nameof(input));
        var manifest = await manifests.GetAsync(rollout.Run, cancellationToken);
        var settings = manifest.Deployment.Rollout;
        var until = MatureTraffic.Until(input.Now, manifest.Feedback);
        var state = await experiments.ChangeAsync(rollout, state => FoldAsync(state, manifest, until, cancellationToken), cancellationToken)
            ?? throw new InvalidOperationException($"{ExperimentFile.PathOf(rollout)} is not in the store: the experiment's requests can't be counted.");

        var table = await routing.GetAsync(rollout.Run.Agent, cancellationToken);
        var route = table?.Experiment is { } now && now.Id == begun.Id ? now : null;
        var isCancelled = await facts.ReadAsync<Cancellation>(rollout.Run.Run, RunGuard.CancelGate, 0, cancellationToken) is not null;
        var reading = ExperimentAnalysis.Read(state, ExperimentRules.Of(settings), rollout.SuperiorityProven);
        var share = route?.Share ?? 0;
        var next = route is null ? null : RolloutPolicy.NextShare(settings, share, state.ChallengerRequests);
        var step = RolloutPolicy.Next(reading.Decision, isCancelled, route is not null, input.Now >= begun.Deadline, next is not null);
        return new LookOutput(step, share,
            step == RolloutStep.RaiseShare ? next : null, reading with { Reason = Reason(step, reading, isCancelled, table, begun, settings) });
    }

    private async Task<bool> FoldAsync(ExperimentState state, AgentManifest manifest, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (until <= state.FoldedUntil || state.Ended is not null) return false;
        foreach (var observation in await MatureTraffic.ReadAsync(traffic, manifest, state.Experiment, state.FoldedUntil, until, cancellationToken))
            state.Fold(observation);
        state.FoldedUntil = until;
        return true;
    }

    private static string Reason(
        RolloutStep step, ExperimentReading reading, bool cancelled, RoutingTable? table, BegunExperiment begun, RolloutSettings settings) => step switch
        {
            RolloutStep.Cancel when cancelled => $"the run was cancelled; {reading.Reason}",
            RolloutStep.Cancel =>
                $"the experiment {begun.Id} was taken out of the routing by {table?.ChangedBy ?? "a person"}; {table?.Champion} serves; {reading.Reason}",
            RolloutStep.Expire => $"no proof within {settings.Deadline}; {reading.Reason}",
            _ => reading.Reason,
        };
}
