using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Tests.Deployment.Shadow;

public sealed class ShadowAnalysisTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly ShadowRules Rules = new() { Requests = 200 };

    [Fact]
    public void Read_TotalFailure_IsFoundAtTheFewestRequestsThatSayAnything()
    {
        var state = State();
        for (var i = 0; i < 29; i++) state.Fold(Pair(i) with { ChallengerError = "boom", Challenger = null });
        ShadowAnalysis.Read(state, Rules).Decision.ShouldBe(ShadowDecision.KeepWaiting);
        state.Fold(Pair(29) with { ChallengerError = "boom", Challenger = null });
        ShadowAnalysis.Read(state, Rules).ShouldSatisfyAllConditions(r => r.Decision.ShouldBe(ShadowDecision.Withdraw), r => r.ChallengerErrors.ShouldBe(30), r => r.Reason.ShouldStartWith("the challenger fails more often: 0 to 1"));
    }

    [Fact]
    public void Read_SlowerAnswers_AreHarmOnlyBeyondTheToleranceAndWhereMeasuredAlike()
    {
        Slow(260, measured: true).Decision.ShouldBe(ShadowDecision.Withdraw);
        Slow(240, measured: true).Decision.ShouldBe(ShadowDecision.Pass);
        Slow(260, measured: false).Decision.ShouldBe(ShadowDecision.Pass);

        static ShadowReading Slow(double ms, bool measured)
        {
            var state = State();
            for (var i = 0; i < 200; i++) state.Fold(Pair(i) with { ChampionMs = measured ? 150 + i % 100 : null, ChallengerMs = ms + i % 7 });
            return ShadowAnalysis.Read(state, Rules);
        }
    }

    [Fact]
    public void Read_HarmOfTooFewCallers_IsNotProvenAndSaidSo()
    {
        var state = State();
        for (var i = 0; i < 200; i++) state.Fold(Pair(i) with { Key = $"u{i % 12}", Score = -1 });
        var reading = ShadowAnalysis.Read(state, Rules);
        (reading.Decision, reading.Caveat).ShouldBe((ShadowDecision.Pass, "12 callers, fewer than the 30 that harm could be proven with"));
    }

    [Fact]
    public void Read_OneCallersManyFailures_AreOneCallers()
    {
        var (many, one) = (State(), State());
        for (var i = 0; i < 120; i++)
        {
            many.Fold(Pair(i) with { Score = i < 40 ? -1 : 0 });
            one.Fold(Pair(i) with { Score = i < 40 ? -1 : 0, Key = i < 40 ? "one" : null });
        }
        ShadowAnalysis.Read(many, Rules).Decision.ShouldBe(ShadowDecision.Withdraw);
        ShadowAnalysis.Read(one, Rules).Decision.ShouldBe(ShadowDecision.KeepWaiting);
    }

    [Fact]
    public void Read_BetterAnswers_PromoteNothing()
    {
        var state = State();
        for (var i = 0; i < 199; i++) state.Fold(Pair(i) with { Score = 1 });
        ShadowAnalysis.Read(state, Rules).Decision.ShouldBe(ShadowDecision.KeepWaiting);
        state.Fold(Pair(199) with { Score = 1 });
        ShadowAnalysis.Read(state, Rules).Decision.ShouldBe(ShadowDecision.Pass);
    }

    [Fact]
    public void Fold_TheSameLotOrRequestAgain_CountsOnce()
    {
        var state = State();
        var lot = new ShadowLot(0, 0.1m, false, [Pair(0) with { CostUsd = 0.2m }, Pair(1)]);
        (state.Fold(lot), state.Fold(lot)).ShouldBe((true, false));
        state.Fold(Pair(1));
        (state.Pairs, state.Lots, state.CostUsd).ShouldBe((2, 1, 0.2m));
    }

    [Fact]
    public void Of_ShadowStage_SharesAlphaWithTheTest()
    {
        var settings = new RolloutSettings { Alpha = 0.05, Shadow = new ShadowSettings { Requests = 100 } };
        (ShadowRules.Of(settings).Alpha + ExperimentRules.Of(settings).HarmShare * settings.Alpha).ShouldBe(0.05, 1e-12);
        ExperimentRules.Of(settings with { Shadow = new ShadowSettings() }).HarmShare.ShouldBe(1, "without a shadow stage the test has it all");
    }

    [Theory]
    [InlineData(ShadowDecision.Withdraw, true, true, false, false, false, ShadowStep.Cancel)]
    [InlineData(ShadowDecision.Pass, false, false, false, true, false, ShadowStep.Cancel)]
    [InlineData(ShadowDecision.Withdraw, false, true, true, true, true, ShadowStep.Withdraw)]
    [InlineData(ShadowDecision.Pass, false, true, false, true, true, ShadowStep.BeginTest)]
    [InlineData(ShadowDecision.KeepWaiting, false, true, true, true, true, ShadowStep.BeginTest)]
    [InlineData(ShadowDecision.KeepWaiting, false, true, true, false, true, ShadowStep.Expire)]
    [InlineData(ShadowDecision.KeepWaiting, false, true, false, false, true, ShadowStep.GoOn)]
    [InlineData(ShadowDecision.KeepWaiting, false, true, false, true, false, ShadowStep.Wait)]
    public void Next_EveryCase_IsDecided(ShadowDecision decision, bool cancelled, bool underWay, bool isOver, bool enough, bool more, ShadowStep expected) =>
        ShadowPolicy.Next(decision, cancelled, underWay, isOver, enough, more).ShouldBe(expected);

    [Fact]
    public async Task Waiting_LateReportsUnknownVersionsAndWhatIsKeptBack_AreToldApart()
    {
        var state = State();
        state.ReplayedUntil = Start + TimeSpan.FromHours(3);
        state.Fold(Pair(7) with { Interaction = "replayed" });
        Interaction[] log =
        [
            At("late", 130), At("too-late", 110), At("unknown-version", 200, version: null), At("challenger", 200, version: "v2"), At("replayed", 150),
            At("private", 201) with { Trainable = false },
            At("failed", 199) with { Output = null, Error = "model-failed" }, At("empty", 202) with { Input = [] }, At("future", 500),
        ];

        async IAsyncEnumerable<ObservedInteraction> Read(
            string agent, DateTimeOffset from, DateTimeOffset until, Func<Interaction, DateTimeOffset>? feedbackUntil, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            foreach (var one in log.Where(i => i.Time >= from && i.Time < until)) yield return new ObservedInteraction(one, [], null);
        }
        var manifest = SelfImprove.Tests.Agents.Some.Manifest();
        var now = Start + TimeSpan.FromMinutes(400);
        (await ShadowTraffic.WaitingAsync(Read, manifest, "v1", state, now, 10, default)).Select(i => i.Id).ShouldBe(["late", "failed", "unknown-version"]);
        (await ShadowTraffic.WaitingAsync(Read, manifest, "v1", state, now, 2, default)).Select(i => i.Id).ShouldBe(["late", "failed"], "the earliest ones");
    }

    private static Interaction At(string id, int minute, string? version = "v1") => new()
    {
        Id = id, Agent = "helpdesk", Time = Start + TimeSpan.FromMinutes(minute), Version = version, Input = [ChatMessage.User("x")], Output = new AgentOutput("billing"),
    };

    private static ShadowState State() =>
        new() { Experiment = "e", StartedAt = Start, ReplayedUntil = Start, Scorer = new ShadowScorer(ShadowScorerKind.Teacher, "teacher") };

    private static ShadowPair Pair(int i) => new() { Interaction = $"i{i}", Champion = new AgentOutput("a"), Challenger = new AgentOutput("b"), Score = 0 };
}
