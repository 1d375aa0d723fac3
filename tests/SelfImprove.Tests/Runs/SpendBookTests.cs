using SelfImprove.Agents.Manifests;
using SelfImprove.Runs;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Runs;

public sealed class SpendBookTests
{
    private static readonly BudgetSettings Ample = new() { PerRun = 1000, PerMonth = 1000 };
    private static readonly RunRef Run = new("desk", "desk-0001", 1, 1);

    [Fact]
    public async Task Charge_HundredAtOnce_EachIsBookedAndNoneMeetsAnother()
    {
        // A lost race showed as a transient failure, and its retry as other numbers in a run that was to be repeatable.
        var tries = 0;
        var store = new MemoryStore { BeforeAppend = async _ => { Interlocked.Increment(ref tries); await Task.Yield(); } };
        var book = new SpendBook(store, TimeProvider.System);
        var budget = new BudgetSettings { PerRun = 1000, PerMonth = 1000 };

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => book.ChargeAsync(Run, budget, $"key-{i}", "a batch", 1m))));

        tries.ShouldBe(100, "each charge is one append");
        (await book.OfRunAsync(Run)).ShouldBe(100m);
    }

    [Fact]
    public async Task Record_BeyondTheBudget_IsBookedOnceAllTheSame()
    {
        var book = new SpendBook(new MemoryStore(), TimeProvider.System);
        await book.RecordAsync(Run, "gpu", "a job", 70m);
        await book.RecordAsync(Run, "gpu", "a job", 70m);
        (await book.OfRunAsync(Run)).ShouldBe(70m);
        await Should.ThrowAsync<BudgetExceededException>(() => book.ChargeAsync(Run, new BudgetSettings { PerRun = 50 }, "more", "a job", 1m));
    }

    [Fact]
    public async Task TakeBack_WorkRefused_LeavesTheOtherCharges()
    {
        var book = new SpendBook(new MemoryStore(), TimeProvider.System);
        await book.TakeBackAsync(Run, "none");
        await book.ChargeAsync(Run, new BudgetSettings(), "labels", "labels", 3m);
        await book.ChargeAsync(Run, new BudgetSettings(), "job", "a job", 4m);
        await book.TakeBackAsync(Run, "job");
        await book.TakeBackAsync(Run, "job");
        (await book.OfRunAsync(Run)).ShouldBe(3m);
        await book.ChargeAsync(Run, new BudgetSettings(), "job", "a job", 4m);
        (await book.OfRunAsync(Run)).ShouldBe(7m, "work that is tried again is charged again");
    }

    [Fact]
    public async Task Charge_SameKeyTwentyTimesAtOnce_IsPaidOnce()
    {
        var book = new SpendBook(new MemoryStore(), TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            Task.Run(() => book.ChargeAsync(Run, new BudgetSettings { PerRun = 1000, PerMonth = 1000 }, "key", "a batch", 2m))));
        (await book.OfRunAsync(Run)).ShouldBe(2m);
    }

    [Fact]
    public async Task Charge_TwoHostsAtOnceNearTheLimit_NeverExceedIt()
    {
        var store = new MemoryStore { BeforeAppend = async _ => await Task.Yield() };
        SpendBook[] hosts = [new(store, TimeProvider.System), new(store, TimeProvider.System)];
        var budget = new BudgetSettings { PerRun = 10, PerMonth = 1000 };
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            try
            {
                await hosts[i % 2].ChargeAsync(Run, budget, $"key-{i}", "a batch", 1m);
            }
            catch (BudgetExceededException)
            {
                Interlocked.Increment(ref refused);
            }
        })));
        refused.ShouldBe(30);
        (await hosts[0].OfRunAsync(Run)).ShouldBe(10m);
    }

    [Fact]
    public async Task Charge_ManyCharges_NothingIsReadOrWrittenAgain()
    {
        // Every charge wrote the whole month anew: ten thousand batches of labels took minutes, and megabytes each.
        var written = new List<long>();
        var store = new MemoryStore();
        var book = new SpendBook(store, TimeProvider.System);
        await book.ChargeAsync(Run, Ample, "first", "a batch", 1m);
        var reads = store.Reads;
        for (var i = 0; i < 200; i++)
        {
            await book.ChargeAsync(Run, Ample, $"key-{i:000}", "a batch", 1m);
            written.Add((await store.ReadAsync(store.Paths.Single()))!.Length);
            reads++;
        }
        store.Reads.ShouldBe(reads);
        written.Zip(written.Skip(1), (before, after) => after - before).Distinct().Count().ShouldBe(1, "a charge adds its line");
        (await new SpendBook(store, TimeProvider.System).OfRunAsync(Run)).ShouldBe(201m);
    }

    [Fact]
    public async Task Charge_RepeatedAfterTheMonthEnded_IsNotMadeAgain()
    {
        var clock = new TestClock { Now = new DateTimeOffset(2026, 11, 30, 23, 59, 59, TimeSpan.Zero) };
        var store = new MemoryStore();
        await new SpendBook(store, clock).ChargeAsync(Run, Ample, "key", "a batch", 3m);
        clock.Advance(TimeSpan.FromMinutes(1));

        var later = new SpendBook(store, clock);
        await later.ChargeAsync(Run, Ample, "key", "a batch", 3m);
        (await later.OfRunAsync(Run)).ShouldBe(3m);
        (await later.ThisMonthAsync("desk")).ShouldBe(0);
        await later.ChargeAsync(Run, Ample, "other", "a batch", 2m);
        (await later.ThisMonthAsync("desk")).ShouldBe(2m);
        (await later.OfRunAsync(Run)).ShouldBe(5m);
        await later.TakeBackAsync(Run, "key");
        (await later.OfRunAsync(Run)).ShouldBe(2m);
        (await new SpendBook(store, clock).EntriesAsync("desk")).Single().Usd.ShouldBe(2m);
    }

    [Theory]
    [InlineData("{\"key\":\"torn\",\"run\":\"desk-00", 1)]
    [InlineData("{\"key\":\"torn\",\"run\":\"desk-0001\",\"what\":\"a batch\",\"usd\":5}", 6)]
    public async Task Charge_AfterALineWithoutAnEnd_BeginsANewOne(string torn, int expected)
    {
        var store = new MemoryStore();
        var path = $"spend/desk/{TimeProvider.System.GetUtcNow().UtcDateTime:yyyy-MM}-0001.ndjson";
        await store.AppendAsync(path, System.Text.Encoding.UTF8.GetBytes(torn), 0);
        var book = new SpendBook(store, TimeProvider.System);

        await book.ChargeAsync(Run, Ample, "key", "a batch", 1m);
        (await book.OfRunAsync(Run)).ShouldBe(expected);
        await book.ChargeAsync(Run, Ample, "torn", "a batch", 5m);
        (await book.OfRunAsync(Run)).ShouldBe(6m, "whoever wrote the line heard no answer, and tries again");
        (await new SpendBook(store, TimeProvider.System).OfRunAsync(Run)).ShouldBe(6m);
        (await book.EntriesAsync("desk")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Charge_PageIsFull_GoesOnTheNext()
    {
        var store = new MemoryStore();
        var month = $"{TimeProvider.System.GetUtcNow().UtcDateTime:yyyy-MM}";
        var line = $"{{\"key\":\"KEY\",\"run\":\"desk-0001\",\"what\":\"{new string('x', 4000)}\",\"usd\":0.01}}\n";
        var full = string.Concat(Enumerable.Range(0, 1100).Select(i => line.Replace("KEY", $"k{i}", StringComparison.Ordinal)));
        await store.AppendAsync($"spend/desk/{month}-0001.ndjson", System.Text.Encoding.UTF8.GetBytes(full), 0);
        SpendBook[] hosts = [new(store, TimeProvider.System), new(store, TimeProvider.System)];

        await hosts[0].ChargeAsync(Run, Ample, "a", "a batch", 1m);
        await hosts[1].ChargeAsync(Run, Ample, "b", "a batch", 1m);
        await hosts[0].ChargeAsync(Run, Ample, "b", "a batch", 1m);
        await hosts[1].ChargeAsync(Run, Ample, "k7", "a batch", 1m);

        store.Paths.ShouldBe([$"spend/desk/{month}-0001.ndjson", $"spend/desk/{month}-0002.ndjson"]);
        foreach (var host in hosts) (await host.OfRunAsync(Run)).ShouldBe(13m);
        (await hosts[0].ThisMonthAsync("desk")).ShouldBe(13m);
    }

    [Fact]
    public async Task Charge_TakenBackByAnotherHost_IsMadeAgain()
    {
        var store = new MemoryStore();
        SpendBook[] hosts = [new(store, TimeProvider.System), new(store, TimeProvider.System)];
        await hosts[0].ChargeAsync(Run, Ample, "job", "a job", 4m);
        await hosts[1].TakeBackAsync(Run, "job");

        await hosts[0].ChargeAsync(Run, Ample, "job", "a job", 4m);
        (await hosts[1].OfRunAsync(Run)).ShouldBe(4m);
    }
}
