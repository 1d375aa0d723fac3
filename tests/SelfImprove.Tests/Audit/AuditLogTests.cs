using System.Text;
using SelfImprove.Audit;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Audit;

public sealed class AuditLogTests
{
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 1, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly PowerCutFileLayer _disk = new();
    private readonly LocalFolderStore _store;
    private readonly AuditLog _log;

    public AuditLogTests()
    {
        _store = MemoryStores.Open(_disk);
        _log = new AuditLog(_store, _clock);
    }

    [Fact]
    public async Task AppendAsync_Entries_ChainInOrder()
    {
        (await _log.HeadAsync("router")).ShouldBeNull();
        for (var i = 1; i <= 5; i++)
        {
            var receipt = await _log.AppendAsync("router", Entry($"k{i}", new { Zeta = i, Alpha = new[] { 1.50m, 2 }, Text = "Grüße\n\"x\"" }));
            receipt.Recorded.ShouldBeTrue();
            receipt.Head.Seq.ShouldBe(i);
            (await _log.HeadAsync("router")).ShouldBe(receipt.Head);
        }
        var entries = await _log.ReadAsync("router").ToListAsync();
        entries.Select(e => e.Seq).ShouldBe([1, 2, 3, 4, 5]);
        entries.Skip(1).Select(e => e.Prev).ShouldBe(entries.SkipLast(1).Select(e => e.Hash));
        entries[0].Data.GetRawText().ShouldBe("""{"alpha":[1.50,2],"text":"Grüße\n\"x\"","zeta":1}""");
        entries[0].Time.ShouldBe(_clock.Now);
        (await _log.ReadAsync("router", after: 3).Select(e => e.Key).ToListAsync()).ShouldBe(["k4", "k5"]);
        await ShouldBeIntactAsync(5);
    }

    [Fact]
    public async Task AppendAsync_SameKeyAgain_ChangesNothing()
    {
        var first = await _log.AppendAsync("router", Entry("k1", "one"));
        await _log.AppendAsync("router", Entry("k2", "two"));
        (await _log.AppendAsync("router", Entry("k1", "other"))).ShouldBe(new AuditReceipt(first.Head, false));
        (await new AuditLog(_store, _clock).AppendAsync("router", Entry("k1", "other"))).ShouldBe(new AuditReceipt(first.Head, false));
        _clock.Now = _clock.Now.AddDays(10);
        await _log.AppendAsync("router", Entry("k3", "three"));
        (await _log.AppendAsync("router", Entry("k1", "other"))).Recorded.ShouldBeFalse("the month before counts");
        (await new AuditLog(_store, _clock).AppendAsync("router", Entry("k1", "other"))).Recorded.ShouldBeFalse();
        await ShouldBeIntactAsync(4);
    }

    [Fact]
    public async Task AppendAsync_NewMonth_SealsTheOldAndChainsOn()
    {
        for (var month = 0; month < 6; month++)
        {
            await _log.AppendAsync("router", Entry($"k{month}", month));
            _clock.Now = _clock.Now.AddMonths(month == 2 ? 3 : 1);
        }
        (await _store.ListAsync("audit/").Select(e => e.Path).ToListAsync()).ShouldBe(
            new[] { "2026-01", "2026-02", "2026-03", "2026-06", "2026-07", "2026-08" }.Select(m => $"audit/router/{m}.ndjson"));
        var entries = await _log.ReadAsync("router").ToListAsync();
        entries.Count(e => e.Kind == AuditKinds.Sealed).ShouldBe(5);
        (await new AuditLog(_store, _clock).AppendAsync("router", Entry("last", 0))).Head.Seq.ShouldBe(13, "it reads only the last months, and seals one");
        await ShouldBeIntactAsync(13);
    }

    [Fact]
    public async Task AppendAsync_ClockGoesBackOverAMonth_StaysInTheLaterMonth()
    {
        await _log.AppendAsync("router", Entry("k1", 1));
        _clock.Now = _clock.Now.AddMonths(1);
        await _log.AppendAsync("router", Entry("k2", 2));
        _clock.Now = _clock.Now.AddMonths(-1);
        await _log.AppendAsync("router", Entry("k3", 3));
        (await _store.ListAsync("audit/").CountAsync()).ShouldBe(2);
        await ShouldBeIntactAsync(4);
    }

    [Fact]
    public async Task AppendAsync_TwoWritersAtOnce_BothChainOn()
    {
        var writers = Enumerable.Range(0, 2).Select(_ => new AuditLog(MemoryStores.Open(_disk), _clock)).ToList();
        await Task.WhenAll(writers.SelectMany((log, w) => Enumerable.Range(0, 25).Select(i => Task.Run(() => log.AppendAsync("router", Entry($"{w}-{i}", i))))));
        (await _log.ReadAsync("router").Select(e => e.Key).ToListAsync()).Distinct().Count().ShouldBe(50);
        await ShouldBeIntactAsync(50);
    }

    [Fact]
    public async Task AppendAsync_AgentsAreApart()
    {
        await _log.AppendAsync("router", Entry("k", 1));
        (await _log.AppendAsync("other", Entry("k", 1))).Head.Seq.ShouldBe(1);
        var first = await _log.ReadAsync("router").FirstAsync();
        first.Prev.ShouldNotBe((await _log.ReadAsync("other").FirstAsync()).Prev);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task AppendAsync_PowerCutAtEveryOperation_LosesNothingAndGoesOn(int? seed)
    {
        for (long cut = 1; cut < 45; cut++)
        {
            var disk = new PowerCutFileLayer { CutAt = cut };
            var acknowledged = new List<AuditHead>();
            var clock = new SettableClock(_clock.Now);
            for (var life = 0; life < 3; life++)
            {
                // Cut, restarted and cut again soon after: a torn repair, too, must be repaired.
                try
                {
                    var log = new AuditLog(MemoryStores.Open(disk), clock);
                    for (var i = 0; i < 5; i++)
                    {
                        acknowledged.Add((await log.AppendAsync("router", Entry($"{life}-{i}", new { Text = "{\"a\":{}}" }))).Head);
                        clock.Now = clock.Now.AddDays(i == 2 ? 31 : 0);
                    }
                }
                catch (PowerCutException)
                {
                    disk = disk.Restart(seed is null ? null : new Random((int)(seed * 10_000 + cut * 10 + life)));
                    disk.CutAt = life == 0 ? 1 + (cut % 16) : null;
                }
            }
            disk = disk.Restart();
            var store = MemoryStores.Open(disk);
            await new AuditLog(store, clock).AppendAsync("router", Entry("end", 0));
            var verified = await new AuditVerifier(store).VerifyAsync("router", [.. acknowledged.Select(a => new AuditAnchor(a.Seq, a.Hash, "the test"))]);
            verified.Problems.ShouldBeEmpty($"cut before operation {cut}");
        }
    }

    [Theory]
    [InlineData("{\"actor\":\"x\",\"da", true)]
    [InlineData("{\"actor\":\"x\",\"data\":{}", true)]
    [InlineData("\0\0\0\0", true)]
    [InlineData("{\"act\n{\"ac", true)]
    [InlineData("half\n", true)]
    [InlineData("{\"actor\":\"x\"}\n", false)]
    public async Task AppendAsync_AfterBytesThatAreNoEntry_RepairsWhatATornAppendCanLeaveAndRefusesTheRest(string tail, bool isTorn)
    {
        var head = (await _log.AppendAsync("router", Entry("k1", 1))).Head;
        const string path = "audit/router/2026-01.ndjson";
        var length = (await _store.ReadAsync(path))!.Length;
        await _store.AppendAsync(path, Encoding.UTF8.GetBytes(tail), length);
        (await new AuditVerifier(_store).VerifyAsync("router", [])).IsIntact.ShouldBe(isTorn);

        var log = new AuditLog(_store, _clock);
        if (!isTorn)
        {
            (await Should.ThrowAsync<AuditBrokenException>(() => log.AppendAsync("router", Entry("k2", 2)))).Message.ShouldContain("audit verify router");
            return;
        }
        (await log.AppendAsync("router", Entry("k2", 2))).Head.Seq.ShouldBe(3);
        (await _log.AppendAsync("router", Entry("k3", 3))).Head.Seq.ShouldBe(4, "the writer that knew nothing of it reads again");
        var verified = await new AuditVerifier(_store).VerifyAsync("router", [new AuditAnchor(head.Seq, head.Hash, "v1")]);
        verified.Problems.ShouldBeEmpty();
        verified.Notes.Single().ShouldContain("entry 2 accounts for it");
        var after = (await _store.ReadAsync(path))!.Bytes;
        Encoding.UTF8.GetString(after.Span.Slice((int)length, Encoding.UTF8.GetByteCount(tail))).ShouldBe(tail, "nothing is ever removed");
    }

    [Fact]
    public async Task AppendAsync_WholeEntryWithoutItsLineEnd_IsKept()
    {
        await _log.AppendAsync("router", Entry("k1", 1));
        var file = (await _store.ReadAsync("audit/router/2026-01.ndjson"))!.Bytes;
        await _store.WriteAsync("audit/router/2026-01.ndjson", file[..^1]);
        var log = new AuditLog(_store, _clock);
        (await log.AppendAsync("router", Entry("k1", 1))).Recorded.ShouldBeFalse();
        (await log.AppendAsync("router", Entry("k2", 2))).Head.Seq.ShouldBe(2);
        await ShouldBeIntactAsync(2);
    }

    [Fact]
    public async Task AppendAsync_LogCutShortWhileInUse_IsNoticed()
    {
        await _log.AppendAsync("router", Entry("k1", 1));
        var short1 = (await _store.ReadAsync("audit/router/2026-01.ndjson"))!.Bytes;
        await _log.AppendAsync("router", Entry("k2", 2));
        await _store.WriteAsync("audit/router/2026-01.ndjson", short1);
        (await Should.ThrowAsync<AuditBrokenException>(() => _log.AppendAsync("router", Entry("k3", 3)))).Message.ShouldContain("it ends with entry 1, but 2 were acknowledged");
    }

    [Fact]
    public async Task AppendAsync_BadRecords_AreRefused()
    {
        await Should.ThrowAsync<ArgumentException>(() => _log.AppendAsync("../x", Entry("k", 1)));
        await Should.ThrowAsync<ArgumentException>(() => _log.AppendAsync("router", Entry("", 1)));
        await Should.ThrowAsync<ArgumentException>(() => _log.AppendAsync("router", Entry("audit.sealed/2026-01", 1)));
        await Should.ThrowAsync<ArgumentException>(() => _log.AppendAsync("router", new AuditRecord(AuditKinds.Sealed, null, "me", null, "k")));
        await Should.ThrowAsync<ArgumentException>(() => _log.AppendAsync("router", Entry("k", new string('x', AuditLog.MaxData))));
        await Should.ThrowAsync<ArgumentException>(() => _log.AppendAsync("router", Entry("k", System.Text.Json.JsonDocument.Parse("{\"a\":1,\"a\":2}").RootElement)));
        await Should.ThrowAsync<ArgumentException>(() => _log.AppendAsync("router", Entry("k", Nested(64))));
        (await _log.HeadAsync("router")).ShouldBeNull();
        (await _log.AppendAsync("router", Entry("k", Nested(50)))).Recorded.ShouldBeTrue();
        await ShouldBeIntactAsync(1);
    }

    private static object Nested(int depth) =>
        System.Text.Json.JsonDocument.Parse(new string('[', depth) + new string(']', depth), new() { MaxDepth = 200 }).RootElement;

    private static AuditRecord Entry(string key, object? data) => new("plan", "run-1", "planner", data, key);

    private async Task ShouldBeIntactAsync(long entries)
    {
        var verified = await new AuditVerifier(_store).VerifyAsync("router", []);
        verified.Problems.ShouldBeEmpty();
        verified.Notes.ShouldBeEmpty();
        (verified.Entries, verified.NotAnchored).ShouldBe((entries, entries));
        verified.Head.ShouldBe(await new AuditLog(_store, _clock).HeadAsync("router"));
    }
}
