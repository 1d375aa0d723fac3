using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Testing.Rollouts;

/// <summary>
/// A rollout without engine and store: the same requests, read and folded by the same analysis at the same times, decided by the same policy. It ends as the
/// orchestrator does (a property test compares them) at a hundredth of the cost, so that error rates can be measured over many runs.
/// </summary>
public static class RolloutFold
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Plays many runs on all cores.</summary>
    /// <param name="scenario">What is true.</param>
    /// <param name="seed">The seed of all.</param>
    /// <param name="runs">How many.</param>
    /// <param name="control">Makes another analysis that decides in place of the product's: to show that a scenario catches a broken one.</param>
    public static RolloutTally Play(RolloutScenario scenario, ulong seed, int runs, Func<RolloutTraffic, IControlAnalysis>? control = null)
    {
        var ends = new RolloutEnd[runs];
        Parallel.For(0, runs, run =>
        {
            var traffic = new RolloutTraffic(scenario, seed, run);
            ends[run] = Play(traffic, control?.Invoke(traffic));
        });
        return new RolloutTally(scenario, ends);
    }

    /// <summary>Plays one run.</summary>
    public static RolloutEnd Play(RolloutTraffic traffic, IControlAnalysis? control = null)
    {
        var (manifest, input) = (traffic.Scenario.Manifest(traffic.Agent), traffic.Rollout);
        var settings = manifest.Deployment.Rollout;
        var rules = ExperimentRules.Of(settings);
        var state = new ExperimentState { Experiment = input.Experiment, StartedAt = Start, FoldedUntil = Start };
        var route = new ExperimentRoute(input.Experiment, input.Candidate, settings.Shares[0], Start);
        var table = new RoutingTable { Revision = 2, Champion = input.Champion, Experiment = route };
        var deadline = Start + settings.Deadline;
        for (var now = Start; ; now = now + settings.LookEvery > deadline ? deadline : now + settings.LookEvery)
        {
            var until = MatureTraffic.Until(now, manifest.Feedback);
            if (until > state.FoldedUntil)
            {
                traffic.Serve(table, Start, now);
                foreach (var observation in Read(traffic, manifest, state, until, now))
                {
                    state.Fold(observation);
                    control?.Fold(observation);
                }
                state.FoldedUntil = until;
            }
            var reading = ExperimentAnalysis.Read(state, rules, input.SuperiorityProven);
            var next = RolloutPolicy.NextShare(settings, table.Experiment!.Share, state.ChallengerRequests);
            switch (RolloutPolicy.Next(control?.Decide(now) ?? reading.Decision, false, true, now >= deadline, next is not null))
            {
                case RolloutStep.Wait: break;
                case RolloutStep.RaiseShare: table = RoutingChanges.RaiseShare(table, input.Experiment, next!.Value).Table!; break;
                case RolloutStep.Promote: return End(RolloutOutcome.Promoted, reading);
                case RolloutStep.RollBack: return End(RolloutOutcome.RolledBack, reading);
                case RolloutStep.Void: return End(RolloutOutcome.Voided, reading);
                default: return End(RolloutOutcome.Expired, reading);
            }
        }
    }

    private static IReadOnlyList<ExperimentObservation> Read(
        RolloutTraffic traffic, AgentManifest manifest, ExperimentState state, DateTimeOffset until, DateTimeOffset now) =>
        MatureTraffic.ReadAsync(
            (_, begin, end, feedbackUntil, cancel) => traffic.ReadAsync(begin, end, now, feedbackUntil, cancel),
            manifest, state.Experiment, state.FoldedUntil, until, default).GetAwaiter().GetResult(); // nothing in it waits

    private static RolloutEnd End(RolloutOutcome outcome, ExperimentReading reading) => new(
        outcome, reading.Requests, reading.ChampionRequests + reading.ChallengerRequests, reading.Difference, reading.Low, reading.High, reading.Reason);
}
