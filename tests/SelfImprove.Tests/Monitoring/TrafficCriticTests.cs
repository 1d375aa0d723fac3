using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Critic;
using SelfImprove.Monitoring.Events;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring;

public class TrafficCriticTests
{
    private readonly MonitoringWorld _world = new();

    public TrafficCriticTests() => _world.Manifest = _world.Manifest with { Critic = new CriticSettings { SampleShare = 1, Metric = "valid", RequestAbove = 0.3 } };

    private TrafficCritic Critic => new(_world.Store, _world.Log, _world.Lookup, _world.Clock);

    [Fact]
    public async Task Look_LabelsOutsideTheManifest_FailAndAreWritten()
    {
        await _world.AppendAsync(Interaction("i1", "alpha"));
        await _world.AppendAsync(Interaction("i2", "delta"));
        var outcome = await Critic.LookAsync(Agent);
        (outcome.Checked, outcome.Failed, outcome.RequestsImprovement).ShouldBe((2, 1, false));
        var signals = await _world.FoldAsync();
        (signals.DeadLetters, signals.Judged).ShouldBe((0, 0), "its metric is not the goal");
        var window = _world.Observed.Open(Agent, Start, DateTimeOffset.MaxValue);
        await window.RefreshAsync();
        var bad = window.Observe().Single(o => o.Interaction.Id == "i2").Feedback.Single();
        (bad.Id, bad.Value, bad.Source).ShouldBe(("critic-i2", 0, new FeedbackSource(SourceKind.Critic, "checks")));
        bad.Comment.ShouldBe("'delta' is none of the agent's 3 labels.");
    }

    [Fact]
    public async Task Look_ManyFailures_RequestsAnImprovementWithEvidence()
    {
        for (var i = 0; i < 40; i++) await _world.AppendAsync(Interaction($"i{i}", i % 2 == 0 ? "alpha" : "delta"));
        var outcome = await Critic.LookAsync(Agent);
        (outcome.RecentFailedShare, outcome.RequestsImprovement).ShouldBe((0.5, true));
        outcome.Evidence.ShouldBe("20 of the last 40 checked outputs are invalid; 20 times: 'delta' is none of the agent's 3 labels.");
    }

    [Fact]
    public async Task Look_Again_ChecksNewInteractionsAlone()
    {
        await _world.AppendAsync(Interaction("i1"));
        await Critic.LookAsync(Agent);
        await _world.AppendAsync(Interaction("i2"));
        (await Critic.LookAsync(Agent)).Checked.ShouldBe(1);
        var outcome = await Critic.LookAsync(Agent);
        (outcome.Checked, outcome.Failed).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Look_CrashBeforeItsCursor_CountsOnceAfterTheRepeat()
    {
        _world.Manifest = _world.Manifest with { Goal = new GoalSettings { Metric = "valid" } };
        await _world.AppendAsync(Interaction("i1"));
        _world.Memory.Fail = (path, _) => path.EndsWith("critic.json", StringComparison.Ordinal) ? false : null;
        await Should.ThrowAsync<IOException>(() => Critic.LookAsync(Agent));
        _world.Memory.Fail = null;
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Critic.LookAsync(Agent);
        var signals = await _world.FoldAsync();
        (signals.Judged, signals.Sources["critic:checks"].Judgements, signals.DeadLetters).ShouldBe((1, 1, 0));
    }

    [Fact]
    public void IsSampled_Share_IsAboutThatShareAndRepeatable()
    {
        var sampled = Enumerable.Range(0, 10_000).Count(i => TrafficCritic.IsSampled($"i{i}", 0.1));
        sampled.ShouldBeInRange(900, 1100);
        TrafficCritic.IsSampled("i1", 0).ShouldBeFalse();
        TrafficCritic.IsSampled("i1", 1).ShouldBeTrue();
    }
}
