using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;

namespace SelfImprove.Tests.Agents.Versions;

public sealed class VersionStoreTests
{
    private readonly MemoryStore _store = new();
    private readonly TestClock _clock = new();
    private readonly RoutingStore _routing;
    private readonly VersionStore _versions;

    public VersionStoreTests()
    {
        _routing = new RoutingStore(_store, _clock);
        _versions = new VersionStore(_store, _routing, _clock);
    }

    [Fact]
    public async Task RegisterAsync_First_ServesAtOnce()
    {
        var version = await _versions.RegisterAsync(Draft("m1"));

        version.Id.ShouldBe("v1");
        (await _routing.CurrentAsync("helpdesk"))!.ShouldSatisfyAllConditions(t => t.Champion.ShouldBe("v1"), t => t.Revision.ShouldBe(1));
        (await _versions.GetAsync("helpdesk", "v1")).ShouldBe(version);
    }

    [Fact]
    public async Task RegisterAsync_SameRunAndRound_IsTheSameVersion()
    {
        await _versions.RegisterAsync(Draft("m1"));
        var once = await _versions.RegisterAsync(Draft("m2", "helpdesk-0001", 1));
        var twice = await new VersionStore(_store, _routing, _clock).RegisterAsync(Draft("m2-again", "helpdesk-0001", 1));
        var next = await _versions.RegisterAsync(Draft("m3", "helpdesk-0001", 2));

        twice.ShouldBe(once);
        once.Id.ShouldBe("v2");
        next.Id.ShouldBe("v3");
        (await _routing.GetAsync("helpdesk"))!.Champion.ShouldBe("v1");
    }

    [Fact]
    public async Task RegisterAsync_ByPersonTwice_IsTheSameVersion()
    {
        (await _versions.RegisterAsync(Draft("m1"))).Id.ShouldBe("v1");
        (await _versions.RegisterAsync(Draft("m1"))).Id.ShouldBe("v1");
        (await _versions.RegisterAsync(Draft("m2"))).Id.ShouldBe("v2");
    }

    [Fact]
    public async Task RegisterAsync_ManyAtOnce_IdsWithoutGapsAndOnePerRound()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(async () =>
            (await new VersionStore(_store, _routing, _clock).RegisterAsync(Draft("m", "helpdesk-0001", i / 2))).Id)));

        ids.Distinct().Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 12).Select(n => $"v{n}").Order(StringComparer.Ordinal));
        (await _versions.ListAsync("helpdesk")).Select(v => v.Id).ShouldBe(Enumerable.Range(1, 12).Select(n => $"v{n}"));
    }

    [Fact]
    public async Task RegisterAsync_CrashBeforeRoutingTable_RepeatedCallMakesIt()
    {
        _store.WritesUntilCrash = 1;
        await Should.ThrowAsync<IOException>(() => _versions.RegisterAsync(Draft("m1")));
        _store.WritesUntilCrash = null;
        (await _routing.GetAsync("helpdesk")).ShouldBeNull();

        await _versions.RegisterAsync(Draft("m1"));

        (await _routing.GetAsync("helpdesk"))!.Champion.ShouldBe("v1");
    }

    [Theory]
    [InlineData("v2")]
    [InlineData("v0")]
    [InlineData("../v1")]
    [InlineData("V1")]
    public async Task GetAsync_NoSuchVersion_IsNull(string id)
    {
        await _versions.RegisterAsync(Draft("m1"));
        (await _versions.GetAsync("helpdesk", id)).ShouldBeNull();
    }

    private static VersionDraft Draft(string model, string? run = null, int? round = null) =>
        new() { Agent = "helpdesk", Model = $"builtin:{model}", Run = run, Round = round };
}
