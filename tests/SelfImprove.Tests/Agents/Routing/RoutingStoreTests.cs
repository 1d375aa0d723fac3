using SelfImprove.Agents.Routing;

namespace SelfImprove.Tests.Agents.Routing;

public sealed class RoutingStoreTests
{
    private readonly MemoryStore _store = new();
    private readonly TestClock _clock = new();
    private readonly RoutingStore _routing;

    public RoutingStoreTests() => _routing = new RoutingStore(_store, _clock);

    [Fact]
    public async Task ChangeAsync_Promotion_StampsTheTableAndIsSeenAtOnce()
    {
        await _routing.CreateAsync("helpdesk", "v1", null);
        await _routing.ChangeAsync("helpdesk", t => RoutingChanges.StartExperiment(t, new("e1", "v2", 0.5, _clock.Now)), "helpdesk-0001");
        _clock.Advance(TimeSpan.FromMinutes(1));

        var change = await _routing.ChangeAsync("helpdesk", t => RoutingChanges.Promote(t, "e1", "v2"), "helpdesk-0001");

        var table = (await _routing.CurrentAsync("helpdesk"))!;
        change.Table.ShouldBe(table);
        table.ShouldSatisfyAllConditions(
            t => t.Champion.ShouldBe("v2"), t => t.Revision.ShouldBe(3), t => t.ChangedBy.ShouldBe("helpdesk-0001"), t => t.ChangedAt.ShouldBe(_clock.Now));
    }

    [Fact]
    public async Task ChangeAsync_Refused_WritesNothing()
    {
        await _routing.CreateAsync("helpdesk", "v1", null);
        var writes = _store.Writes;

        var change = await _routing.ChangeAsync("helpdesk", t => RoutingChanges.Promote(t, "e1", "v2"), null);

        change.Refusal.ShouldBe("Experiment e1 is not under way: it was withdrawn, or never started.");
        _store.Writes.ShouldBe(writes);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("../x")]
    public async Task ChangeAsync_NoTable_IsRefused(string agent) =>
        (await _routing.ChangeAsync(agent, t => RoutingChanges.RollBackTo(t, "v1"), null)).Refusal.ShouldBe($"Agent {agent} has no version yet: register one first.");

    [Fact]
    public async Task ChangeAsync_AnotherCameFirst_IsDecidedOnTheNewerTable()
    {
        await _routing.CreateAsync("helpdesk", "v1", null);
        var other = new RoutingStore(_store, _clock);
        var raced = false;
        _store.BeforeWrite = async _ =>
        {
            if (raced) return;
            raced = true;
            await other.ChangeAsync("helpdesk", t => RoutingChanges.StartExperiment(t, new("e1", "v2", 0.5, _clock.Now)), "r1");
        };

        var change = await _routing.ChangeAsync("helpdesk", t => RoutingChanges.StartExperiment(t, new("e2", "v3", 0.5, _clock.Now)), "r2");

        change.Refusal!.ShouldContain("Experiment e1 is under way");
        (await _routing.GetAsync("helpdesk"))!.Experiment!.Id.ShouldBe("e1");
    }

    [Fact]
    public async Task ChangeAsync_ManyAtOnce_NoneIsLost()
    {
        await _routing.CreateAsync("helpdesk", "v1", null);

        await Task.WhenAll(Enumerable.Range(2, 16).Select(v => Task.Run(() =>
            new RoutingStore(_store, _clock).ChangeAsync("helpdesk", t => RoutingChanges.RollBackTo(t, $"v{v}"), null))));

        var table = (await _routing.GetAsync("helpdesk"))!;
        table.Revision.ShouldBe(17);
        table.PreviousChampions.Append(table.Champion).Distinct().Count().ShouldBe(17);
    }

    [Fact]
    public async Task CurrentAsync_ChangedByAnotherProcess_SeenWithinFiveSeconds()
    {
        await _routing.CreateAsync("helpdesk", "v1", null);
        await new RoutingStore(_store, _clock).ChangeAsync("helpdesk", t => RoutingChanges.RollBackTo(t, "v0"), null);

        (await _routing.CurrentAsync("helpdesk"))!.Champion.ShouldBe("v1");
        (await _routing.GetAsync("helpdesk"))!.Champion.ShouldBe("v0");
        _clock.Advance(TimeSpan.FromSeconds(5));
        (await _routing.CurrentAsync("helpdesk"))!.Champion.ShouldBe("v0");
    }

    [Fact]
    public async Task CurrentAsync_OwnChangeDuringARefresh_IsNotOverwrittenByTheOlderRead()
    {
        await _routing.CreateAsync("helpdesk", "v1", null);
        _clock.Advance(TimeSpan.FromSeconds(6));
        var reading = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _store.AfterRead = async _ =>
        {
            _store.AfterRead = null;
            reading.SetResult();
            await go.Task;
        };
        var refresh = _routing.CurrentAsync("helpdesk").AsTask();
        await reading.Task;

        var change = _routing.ChangeAsync("helpdesk", t => RoutingChanges.RollBackTo(t, "v0"), null);
        go.SetResult();
        await Task.WhenAll(refresh, change);

        (await _routing.CurrentAsync("helpdesk"))!.Champion.ShouldBe("v0");
    }

    [Fact]
    public async Task CurrentAsync_StoreFails_TheChampionStillServes()
    {
        await _routing.CreateAsync("helpdesk", "v1", null);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _store.BeforeRead = _ => throw new IOException("gone");
        (await _routing.CurrentAsync("helpdesk"))!.Champion.ShouldBe("v1");

        _store.BeforeRead = null;
        await new RoutingStore(_store, _clock).ChangeAsync("helpdesk", t => RoutingChanges.RollBackTo(t, "v0"), null);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await _routing.CurrentAsync("helpdesk"))!.Champion.ShouldBe("v0");
    }
}
