using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

public sealed class FactBookTests
{
    private sealed record Approval(bool Granted, string By);

    private readonly LocalFolderStore _store = MemoryStores.Open();
    private readonly FactBook _facts;

    public FactBookTests() => _facts = new FactBook(_store);

    [Fact]
    public async Task RecordAsync_Twice_TheFirstStands()
    {
        (await _facts.ReadAsync<Approval>("run-1", "deploy", 1)).ShouldBeNull();
        (await _facts.RecordAsync("run-1", "deploy", 1, new Approval(true, "ann"))).ShouldBe(new RecordedFact<Approval>(true, new Approval(true, "ann")));
        (await _facts.RecordAsync("run-1", "deploy", 1, new Approval(false, "bob"))).ShouldBe(new RecordedFact<Approval>(false, new Approval(true, "ann")));
        (await _facts.ReadAsync<Approval>("run-1", "deploy", 1)).ShouldBe(new Approval(true, "ann"));
        (await _facts.ReadAsync<Approval>("run-1", "deploy", 2)).ShouldBeNull();
        (await _store.ListAsync("facts/").ToListAsync()).Single().Path.ShouldBe("facts/run-1/deploy-1.json");
    }

    [Fact]
    public async Task RecordAsync_ByManyAtOnce_AllGetTheOneThatStands()
    {
        var facts = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => _facts.RecordAsync("r", "g", 0, new Approval(true, $"{i}")))));
        facts.Count(f => f.Now).ShouldBe(1);
        facts.Select(f => f.Fact).Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("../r", "gate", 1)]
    [InlineData("r", "a/b", 1)]
    [InlineData("r", "gate", -1)]
    public async Task RecordAsync_BadKey_IsRefused(string run, string gate, int round) =>
        await Should.ThrowAsync<ArgumentException>(() => _facts.RecordAsync(run, gate, round, new Approval(true, "x")));
}
