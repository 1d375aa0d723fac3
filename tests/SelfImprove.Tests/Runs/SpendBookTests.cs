using SelfImprove.Agents.Manifests;
using SelfImprove.Runs;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Runs;

public sealed class SpendBookTests
{
    private static readonly RunRef Run = new("desk", "desk-0001", 1, 1);

    [Fact]
    public async Task Charge_HundredAtOnce_EachIsBookedAndNoneMeetsAnother()
    {
        // A lost race showed as a transient failure, and its retry as other numbers in a run that was to be repeatable.
        var tries = 0;
        var store = new MemoryStore { BeforeWrite = async _ => { Interlocked.Increment(ref tries); await Task.Yield(); } };
        var book = new SpendBook(store, TimeProvider.System);
        var budget = new BudgetSettings { PerRun = 1000, PerMonth = 1000 };

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => book.ChargeAsync(Run, budget, $"key-{i}", "a batch", 1m))));

        tries.ShouldBe(100, "each charge is one write");
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
        var store = new MemoryStore { BeforeWrite = async _ => await Task.Yield() };
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
}
