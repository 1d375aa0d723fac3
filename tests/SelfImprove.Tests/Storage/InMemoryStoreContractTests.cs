using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

/// <summary>The contract in memory: there all clients share one object.</summary>
public sealed class InMemoryStoreContractTests : ObjectStoreContractTests
{
    private readonly InMemoryStore _store = new();

    protected override IObjectStore Store => _store;

    protected override IObjectStore OtherClient => _store;

    [Fact]
    public async Task Copy_OfGrowingObjects_SharesNothing()
    {
        await _store.AppendAsync("a/log", Bytes("12"), 0);
        await _store.AppendAsync("a/log", Bytes("3"), 2);
        var copy = _store.Copy();

        await _store.AppendAsync("a/log", Bytes("old"), 3);
        await copy.AppendAsync("a/log", Bytes("new"), 3);
        await copy.WriteAsync("a/other", Bytes("x"));

        Text(await _store.ReadAsync("a/log")).ShouldBe("123old");
        Text(await copy.ReadAsync("a/log")).ShouldBe("123new");
        _store.Paths.ShouldBe(["a/log"]);
        copy.Paths.ShouldBe(["a/log", "a/other"]);
    }
}
