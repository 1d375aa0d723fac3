using SelfImprove.Agents.Manifests;

namespace SelfImprove.Tests.Agents.Manifests;

public sealed class ManifestStoreTests
{
    private readonly MemoryStore _store = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task PutAsync_First_IsRevisionOneAndCurrent()
    {
        var manifests = new ManifestStore(_store, _clock);

        var put = await manifests.PutAsync(Some.Manifest());

        put.Revision.ShouldBe(1);
        put.CreatedAt.ShouldBe(_clock.Now);
        (await manifests.GetAsync("helpdesk"))!.Manifest.Description.ShouldBe("Routes tickets");
        _store.Paths.ShouldBe(["agents/helpdesk/manifest.json", "agents/helpdesk/manifests/1.json"]);
    }

    [Fact]
    public async Task PutAsync_SameContent_IsSameRevision()
    {
        var manifests = new ManifestStore(_store, _clock);
        await manifests.PutAsync(Some.Manifest());
        _clock.Advance(TimeSpan.FromDays(1));

        (await manifests.PutAsync(Some.Manifest())).Revision.ShouldBe(1);
        (await manifests.PutAsync(Some.Manifest() with { Description = "else" })).Revision.ShouldBe(2);
        (await manifests.PutAsync(Some.Manifest())).Revision.ShouldBe(3);
        (await manifests.GetAsync("helpdesk", 2))!.Manifest.Description.ShouldBe("else");
        (await manifests.GetAsync("helpdesk", 4)).ShouldBeNull();
    }

    [Fact]
    public async Task GetAsync_Repeated_ReadsTheStoreOnce()
    {
        var manifests = new ManifestStore(_store, _clock);
        await manifests.PutAsync(Some.Manifest());
        var before = _store.Reads;

        for (var i = 0; i < 100; i++) await manifests.GetAsync("helpdesk");

        _store.Reads.ShouldBe(before);
    }

    [Fact]
    public async Task GetAsync_ChangedByAnotherProcess_SeenWithinFiveSeconds()
    {
        var here = new ManifestStore(_store, _clock);
        await here.PutAsync(Some.Manifest());
        await new ManifestStore(_store, _clock).PutAsync(Some.Manifest() with { Description = "new" });

        (await here.GetAsync("helpdesk"))!.Revision.ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(5));
        (await here.GetAsync("helpdesk"))!.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_StoreFailsLater_LastKnownGoesOn()
    {
        var manifests = new ManifestStore(_store, _clock);
        await manifests.PutAsync(Some.Manifest());
        _clock.Advance(TimeSpan.FromMinutes(1));
        _store.BeforeRead = _ => throw new IOException("gone");

        (await manifests.GetAsync("helpdesk"))!.Revision.ShouldBe(1);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("../x")]
    [InlineData("")]
    public async Task GetAsync_NoSuchAgent_IsNull(string agent) => (await new ManifestStore(_store, _clock).GetAsync(agent)).ShouldBeNull();

    [Fact]
    public async Task PutAsync_BadName_SaysWhatIsExpected() =>
        (await Should.ThrowAsync<InvalidManifestException>(() => new ManifestStore(_store, _clock).PutAsync(Some.Manifest("../x")))).Message.ShouldContain("a-z, 0-9");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task PutAsync_CrashThenAnotherContent_RevisionsStayWholeAndInOrder(int writes)
    {
        var first = Some.Manifest() with { Description = "lost?" };
        _store.WritesUntilCrash = writes;
        await Should.ThrowAsync<IOException>(() => new ManifestStore(_store, _clock).PutAsync(first));
        _store.WritesUntilCrash = null;

        var restarted = new ManifestStore(_store, _clock);
        var put = await restarted.PutAsync(Some.Manifest());

        put.Revision.ShouldBe(writes + 1);
        (await restarted.GetAsync("helpdesk"))!.Revision.ShouldBe(put.Revision);
        for (var n = 1; n <= put.Revision; n++) (await restarted.GetAsync("helpdesk", n))!.Revision.ShouldBe(n);
    }

    [Fact]
    public async Task PutAsync_ManyAtOnce_EachContentHasItsOwnRevision()
    {
        var revisions = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
            (await new ManifestStore(_store, _clock).PutAsync(Some.Manifest() with { Description = $"d{i}" })).Revision)));

        revisions.Order().ShouldBe(Enumerable.Range(1, 12));
    }

    [Fact]
    public async Task ListAgentsAsync_Several_ByName()
    {
        var manifests = new ManifestStore(_store, _clock);
        foreach (var name in new[] { "travel", "billing", "billing-eu" }) await manifests.PutAsync(Some.Manifest(name));

        (await manifests.ListAgentsAsync()).ShouldBe(["billing", "billing-eu", "travel"]);
    }

    [Fact]
    public async Task PutAsync_Text_IsReadAndKept()
    {
        var manifests = new ManifestStore(_store, _clock);
        const string Text = "{ agent: helpdesk, goal: { metric: m }, metrics: [{ name: m }], task: { labels: [a, b] } }";

        (await manifests.PutAsync("helpdesk", Text, "x.yaml")).ShouldSatisfyAllConditions(p => p.Revision!.Revision.ShouldBe(1), p => p.Mistakes.ShouldBeEmpty());
        (await manifests.PutAsync("helpdesk", Text, "x.yaml")).Revision!.Revision.ShouldBe(1);
        (await manifests.PutAsync("other", Text, "x.yaml")).Mistakes.ShouldHaveSingleItem().ToString().ShouldBe("agent: found helpdesk; expected other: the manifest is put there");
        (await manifests.PutAsync("helpdesk", Text.Replace("[a, b]", "[a]"), "x.yaml")).Mistakes.ShouldHaveSingleItem().Path.ShouldBe("task.labels");
        (await manifests.GetAsync("helpdesk"))!.Revision.ShouldBe(1);
    }

    [Fact]
    public async Task PutAsync_RecordWithMistakes_ListsThemAll() =>
        (await Should.ThrowAsync<InvalidManifestException>(() => new ManifestStore(_store, _clock).PutAsync(Some.Manifest() with
        {
            Goal = new GoalSettings { Metric = "x", Target = 2 },
        }))).Mistakes.Select(m => m.Path).ShouldBe(["goal.metric", "goal.target"]);
}
