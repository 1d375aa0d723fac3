using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Monitoring.Events;

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
        var start = Start;
        if (settings.Shadow.Requests > 0)
        {
            var (ended, at) = Shadow(traffic, manifest);
            if (ended is not null) return ended;
            start = at;
        }
        var state = new ExperimentState { Experiment = input.Experiment, StartedAt = start, FoldedUntil = start };
        var route = new ExperimentRoute(input.Experiment, input.Candidate, settings.Shares[0], start);
        var table = new RoutingTable { Revision = 2, Champion = input.Champion, Experiment = route };
        var deadline = start + settings.Deadline;
        for (var now = start; ; now = now + settings.LookEvery > deadline ? deadline : now + settings.LookEvery)
        {
            var until = MatureTraffic.Until(now, manifest.Feedback);
            if (until > state.FoldedUntil)
            {
                traffic.Serve(table, start, now);
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

    /// <summary>The shadow stage: how it ended the rollout, or when the test began.</summary>
    private static (RolloutEnd? Ended, DateTimeOffset At) Shadow(RolloutTraffic traffic, AgentManifest manifest)
    {
        var (settings, input) = (manifest.Deployment.Rollout, traffic.Rollout);
        var rules = ShadowRules.Of(settings);
        var state = new ShadowState { Experiment = input.Experiment, StartedAt = Start, ReplayedUntil = Start, Scorer = new ShadowScorer(ShadowScorerKind.Teacher, "teacher") };
        var deadline = Start + settings.Shadow.MaxDuration;
        var table = new RoutingTable { Revision = 1, Champion = input.Champion };
        for (var now = Start; ; now = now + settings.LookEvery > deadline ? deadline : now + settings.LookEvery)
        {
            traffic.Serve(table, Start, now);
            var reading = ShadowAnalysis.Read(state, rules);
            var waiting = new Queue<Interaction>(ShadowTraffic.WaitingAsync(
                (_, begin, end, until, cancel) => traffic.ReadAsync(begin, end, now, until, cancel), manifest, input.Champion, state, now, int.MaxValue, default).GetAwaiter().GetResult());
            while (reading.Decision == ShadowDecision.KeepWaiting && waiting.Count > 0)
            {
                for (var lot = Math.Min(ShadowReplay.LotSize, rules.Requests - state.Pairs); lot > 0 && waiting.TryDequeue(out var asked); lot--) state.Fold(traffic.Replay(asked));
                if (waiting.Count == 0) state.ReplayedUntil = now;
                reading = ShadowAnalysis.Read(state, rules);
            }
            switch (ShadowPolicy.Next(reading.Decision, false, true, now >= deadline, state.Pairs >= ShadowSettings.FewestRequests, false))
            {
                case ShadowStep.Wait: break;
                case ShadowStep.BeginTest: return (null, now);
                case ShadowStep.Withdraw: return (new RolloutEnd(RolloutOutcome.WithdrawnInShadow, state.Pairs, 0, 0, -1, 1, reading.Reason), now);
                default: return (new RolloutEnd(RolloutOutcome.Expired, state.Pairs, 0, 0, -1, 1, reading.Reason), now);
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
