using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring;

public class AggregatorTests
{
    private readonly MonitoringWorld _world = new();

    [Fact]
    public async Task Fold_InteractionsAndThumbs_CountsPerVersionSliceAndSource()
    {
        await _world.AppendAsync(Interaction("i1", "alpha", 1, tags: ("lang", "en")));
        await _world.AppendAsync(Interaction("i2", "beta", 2, tags: ("lang", "en")));
        await _world.AppendAsync(Interaction("i3", "beta", 3, "v2"));
        await _world.AppendAsync(Thumb("f1", "i1", true));
        await _world.AppendAsync(Thumb("f2", "i2", false));

        var signals = await _world.FoldAsync();

        signals.Interactions.ShouldBe(3);
        signals.Judged.ShouldBe(2);
        signals.Generation.ShouldBe(1);
        signals.DeadLetters.ShouldBe(0);
        signals.NewestEvent.ShouldBe(Start.AddSeconds(10));
        signals.Daily.ShouldBe(new Dictionary<string, long> { ["2026-03-01"] = 3 });
        var v1 = signals.Versions["v1"];
        (v1.Interactions, v1.Judged, v1.RewardSum, v1.RewardSquares, v1.ReferenceCount).ShouldBe((2, 2, 1, 1, 2));
        v1.MeanReward.ShouldBe(0.5);
        v1.Recent.Select(r => (r.Decision, r.Reward)).ShouldBe([("alpha", 1), ("beta", 0)]);
        v1.RecentRequests.Count.ShouldBe(2);
        v1.LatencyMs![0].ShouldBe(12, 0.3);
        v1.CostUsd.ShouldBe(0.002m);
        v1.Ewma!.Value.ShouldBe(0.98, 1e-12);
        v1.Slices.Keys.ShouldBe(["decision=alpha", "decision=beta", "lang=en"], ignoreOrder: true);
        (v1.Slices["lang=en"].Interactions, v1.Slices["lang=en"].Judged, v1.Slices["lang=en"].RewardSum).ShouldBe((2, 2, 1));
        signals.Sources["human:ann"].Judgements.ShouldBe(2);
        signals.Versions["v2"].Judged.ShouldBe(0);
    }

    [Fact]
    public async Task Fold_NothingNew_ChangesNothing()
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.FoldAsync();
        var changes = _world.Memory.Changes;
        (await _world.FoldAsync()).Generation.ShouldBe(1);
        _world.Memory.Changes.ShouldBe(changes);
    }

    [Fact]
    public async Task Fold_FeedbackBeforeItsInteraction_CountsWhenTheInteractionComes()
    {
        await _world.AppendAsync(Thumb("f1", "i1", true));
        (await _world.FoldAsync()).Judged.ShouldBe(0);
        _world.Restart();
        await _world.AppendAsync(Interaction("i1"));
        var signals = await _world.FoldAsync();
        (signals.Judged, signals.Versions["v1"].RewardSum).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Fold_FeedbackMonthsLate_Counts()
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.FoldAsync();
        _world.Clock.Advance(TimeSpan.FromDays(200));
        _world.Restart();
        await _world.AppendAsync(Thumb("f1", "i1", true, second: 200 * 86400));
        (await _world.FoldAsync()).Versions["v1"].Judged.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fold_SameFeedbackTwice_CountsOnce(bool foldBetween)
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Thumb("f1", "i1", true));
        if (foldBetween) await _world.FoldAsync();
        if (foldBetween) _world.Restart();
        await _world.AppendAsync(Thumb("f1", "i1", true, second: 99));
        await _world.AppendAsync(Interaction("i1"));
        var signals = await _world.FoldAsync();
        (signals.Interactions, signals.Judged, signals.Sources["human:ann"].Judgements, signals.DeadLetters).ShouldBe((1, 1, 1, 0));
    }

    [Fact]
    public async Task Fold_ChangedJudgement_TheLatestCounts()
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Thumb("f1", "i1", true, second: 10));
        await _world.FoldAsync();
        await _world.AppendAsync(Thumb("f2", "i1", false, second: 20));
        await _world.AppendAsync(Thumb("f0", "i1", true, second: 5));
        var signals = await _world.FoldAsync();
        (signals.Judged, signals.Versions["v1"].RewardSum, signals.Sources["human:ann"].RewardSum).ShouldBe((1, 0, 0));
        signals.Versions["v1"].Recent.Single().Reward.ShouldBe(1, "the ring keeps the reward when first judged");
    }

    [Fact]
    public async Task Fold_TwoSources_MeanCountsAndAgreementIsKept()
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Thumb("f1", "i1", true, "ann"));
        await _world.AppendAsync(Thumb("f2", "i1", false, "bob"));
        await _world.AppendAsync(Interaction("i2"));
        await _world.AppendAsync(Thumb("f3", "i2", true, "ann"));
        await _world.AppendAsync(Thumb("f4", "i2", true, "bob"));
        var signals = await _world.FoldAsync();
        signals.Versions["v1"].RewardSum.ShouldBe(1.5);
        (signals.Sources["human:ann"].Shared, signals.Sources["human:ann"].Agreed).ShouldBe((2, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fold_SameIdOtherContent_FirstWinsAndIsReported(bool foldBetween)
    {
        await _world.AppendAsync(Interaction("i1", "alpha"));
        if (foldBetween) await _world.FoldAsync();
        await _world.AppendAsync(Interaction("i1", "beta"));
        var signals = await _world.FoldAsync();
        signals.Interactions.ShouldBe(1);
        signals.Versions["v1"].Slices.Keys.ShouldBe(["decision=alpha"]);
        var letter = (await _world.DeadLetters.ReadAsync(Agent)).Single();
        letter.Reason.ShouldBe("conflict");
        letter.Text.ShouldContain("beta");
    }

    [Fact]
    public async Task Fold_FeedbackOnEpisode_CountsForEachInteractionBeforeAndAfter()
    {
        await _world.AppendAsync(Interaction("i1", episode: "e1"));
        await _world.AppendAsync(Interaction("i2", episode: "e1"));
        await _world.FoldAsync();
        _world.Restart();
        await _world.AppendAsync(Thumb("f1", null, true, episode: "e1"));
        (await _world.FoldAsync()).Judged.ShouldBe(2);
        _world.Restart();
        await _world.AppendAsync(Interaction("i3", episode: "e1"));
        (await _world.FoldAsync()).Judged.ShouldBe(3);
    }

    [Theory]
    [InlineData("speed", 1, "unknown-metric")]
    [InlineData("stars", 9, "bad-value")]
    [InlineData("helpful", 0.5, "bad-value")]
    public async Task Fold_BadMetricOrValue_IsADeadLetter(string metric, double value, string reason)
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Thumb("f1", "i1", true) with { Metric = metric, Value = value });
        var signals = await _world.FoldAsync();
        (signals.Judged, signals.DeadLetters).ShouldBe((0, 1));
        (await _world.DeadLetters.ReadAsync(Agent)).Single().Reason.ShouldBe(reason);
    }

    [Fact]
    public async Task Fold_CommentAndDemonstration_AreNoReward()
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Thumb("f1", "i1", true) with { Metric = "comment", Value = null, Comment = "hm" });
        await _world.AppendAsync(Thumb("f2", "i1", true) with { Metric = "demonstration", Value = null, Demonstration = new AgentOutput("beta") });
        var signals = await _world.FoldAsync();
        (signals.Judged, signals.DeadLetters).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Fold_UnknownAgent_Throws() =>
        (await Should.ThrowAsync<SelfImprove.Monitoring.UnknownAgentException>(() => _world.Aggregator.FoldAsync("nobody"))).Agent.ShouldBe("nobody");

    [Fact]
    public async Task Fold_Quarantine_UndoesTheSourceAndItsReleaseBringsItBack()
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Interaction("i2"));
        await _world.AppendAsync(Thumb("f1", "i1", true, "ann"));
        await _world.AppendAsync(Thumb("f2", "i1", false, "eve"));
        await _world.AppendAsync(Thumb("f3", "i2", false, "eve"));
        var before = await _world.FoldAsync();
        before.Versions["v1"].RewardSum.ShouldBe(0.5);

        var eve = new FeedbackSource(SourceKind.Human, "eve");
        await _world.Quarantine.SetAsync(Agent, eve, true);
        var during = await _world.FoldAsync();
        (during.Judged, during.Versions["v1"].Judged, during.Versions["v1"].RewardSum).ShouldBe((1, 1, 1));
        during.Versions["v1"].Recent.Select(r => r.Reward).ShouldBe([1]);
        during.Interactions.ShouldBe(2);
        during.Sources["human:eve"].Quarantined.ShouldBeTrue();
        during.Versions["v1"].Slices["decision=alpha"].Judged.ShouldBe(1);

        await _world.AppendAsync(Thumb("f4", "i2", true, "ann"));
        _world.Restart();
        (await _world.FoldAsync()).Versions["v1"].RewardSum.ShouldBe(2);

        await _world.Quarantine.SetAsync(Agent, eve, false);
        var after = await _world.FoldAsync();
        (after.Judged, after.Versions["v1"].RewardSum).ShouldBe((2, 1));
        after.Sources["human:eve"].Quarantined.ShouldBeFalse();
    }

    [Fact]
    public async Task Fold_GoalChanged_RewardsFollow()
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Thumb("f1", "i1", true));
        await _world.AppendAsync(Thumb("f2", "i1", true, metric: "stars") with { Value = 2 });
        (await _world.FoldAsync()).Versions["v1"].RewardSum.ShouldBe(1);
        _world.Manifest = _world.Manifest with { Goal = new() { Metric = "stars" } };
        (await _world.FoldAsync()).Versions["v1"].RewardSum.ShouldBe(0.25);
    }
}
