using System.Text;
using SelfImprove.Audit;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Audit;

public sealed class DecisionLogTests
{
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 1, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly LocalFolderStore _store = MemoryStores.Open();

    [Fact]
    public async Task RecordAsync_ManyDecisions_KeepsTheLatestAndIsBounded()
    {
        var log = new DecisionLog(_store, _clock);
        (await log.ReadAsync("router")).ShouldBeEmpty();
        for (var i = 1; i <= 1_700; i++)
        {
            if (i % 400 == 0) log = new DecisionLog(_store, _clock);
            await log.RecordAsync("router", new { Number = i });
        }
        (await _store.ListAsync("decisions/").Select(e => e.Path).ToListAsync()).ShouldBe(["decisions/router/00000003.ndjson", "decisions/router/00000004.ndjson"]);
        (await log.ReadAsync("router")).Select(Number).ShouldBe(Enumerable.Range(1_201, 500).Reverse());
        (await log.ReadAsync("router", 3)).Select(Number).ShouldBe([1_700, 1_699, 1_698]);
        (await log.ReadAsync("router", 1))[0].At.ShouldBe(_clock.Now);
    }

    [Fact]
    public async Task RecordAsync_AfterATornAppendOrAnotherWriter_GoesOn()
    {
        var log = new DecisionLog(_store, _clock);
        await log.RecordAsync("router", new { Number = 1 });
        await new DecisionLog(_store, _clock).RecordAsync("router", new { Number = 2 });
        var length = (await _store.ReadAsync("decisions/router/00000001.ndjson"))!.Length;
        await _store.AppendAsync("decisions/router/00000001.ndjson", Encoding.UTF8.GetBytes("{\"at\":\"20"), length);
        await log.RecordAsync("router", new { Number = 3 });
        (await log.ReadAsync("router")).Select(Number).ShouldBe([3, 2, 1]);
    }

    private static int Number(Decision decision) => decision.Value.GetProperty("number").GetInt32();
}
