using SelfImprove.Monitoring.Events;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring;

public class ObservedLogTests
{
    private readonly MonitoringWorld _world = new();

    private async Task<List<ObservedInteraction>> ReadAsync(DateTimeOffset from, DateTimeOffset until, Func<Interaction, DateTimeOffset>? feedbackUntil = null)
    {
        var all = new List<ObservedInteraction>();
        await foreach (var seen in _world.Observed.ReadAsync(Agent, from, until, feedbackUntil)) all.Add(seen);
        return all;
    }

    [Fact]
    public async Task Read_Window_IsInTimeOrderAndBounded()
    {
        foreach (var second in new[] { 30, 10, 20, 40 }) await _world.AppendAsync(Interaction($"i{second}", second: second));
        var seen = await ReadAsync(Start.AddSeconds(10), Start.AddSeconds(40));
        seen.Select(s => s.Interaction.Id).ShouldBe(["i10", "i20", "i30"]);
    }

    [Fact]
    public async Task Read_SeveralJudgements_TheLatestPerSourceCountWithEpisodesAndWithoutQuarantined()
    {
        await _world.AppendAsync(Interaction("i1", episode: "e1"));
        await _world.AppendAsync(Thumb("f1", "i1", true, "ann", 10));
        await _world.AppendAsync(Thumb("f2", "i1", false, "ann", 20));
        await _world.AppendAsync(Thumb("f3", null, true, "bob", 30, episode: "e1"));
        await _world.AppendAsync(Thumb("f4", "i1", false, "eve", 30));
        await _world.AppendAsync(Thumb("f5", "i1", false, "ann", 30, "nope"));
        await _world.Quarantine.SetAsync(Agent, new FeedbackSource(SourceKind.Human, "eve"), true);
        var seen = (await ReadAsync(Start, Start.AddHours(1))).Single();
        seen.Feedback.Select(f => f.Id).ShouldBe(["f2", "f3"]);
        seen.Reward.ShouldBe(0.5);
    }

    [Fact]
    public async Task Read_WithMaturity_LaterFeedbackIsAsIfItHadNotCome()
    {
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Thumb("f1", "i1", true, "ann", 10));
        await _world.AppendAsync(Thumb("f2", "i1", false, "ann", 120));
        (await ReadAsync(Start, Start.AddHours(1), i => i.Time.AddMinutes(1))).Single().Reward.ShouldBe(1);
        (await ReadAsync(Start, Start.AddHours(1))).Single().Reward.ShouldBe(0);
    }

    [Fact]
    public async Task Refresh_ReadsNewBytesAlone()
    {
        for (var i = 0; i < 50; i++) await _world.AppendAsync(Interaction($"i{i}", second: i));
        var window = _world.Observed.Open(Agent, Start, DateTimeOffset.MaxValue);
        (await window.RefreshAsync()).ShouldBe(50);
        await _world.AppendAsync(Thumb("f1", "i3", true));
        var before = _world.Memory.BytesRead;
        (await window.RefreshAsync()).ShouldBe(1);
        (_world.Memory.BytesRead - before).ShouldBeLessThan(400);
        window.Observe().Single(o => o.Interaction.Id == "i3").Reward.ShouldBe(1);
    }

    [Fact]
    public async Task Read_LaterHours_LeavesEarlierSegmentsUnread()
    {
        for (var i = 0; i < 50; i++) await _world.AppendAsync(Interaction($"i{i}", second: i));
        _world.Clock.Advance(TimeSpan.FromHours(3));
        await _world.AppendAsync(Interaction("late", second: 3 * 3600));
        var before = _world.Memory.BytesRead;
        (await ReadAsync(Start.AddHours(3), Start.AddHours(4))).Single().Interaction.Id.ShouldBe("late");
        (_world.Memory.BytesRead - before).ShouldBeLessThan(600);
    }
}
