using System.Text;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

public sealed class JsonDocumentsTests
{
    private sealed record Counter(int Count, string? Note = null);

    private readonly LocalFolderStore _store = MemoryStores.Open();
    private readonly JsonDocuments _documents;

    public JsonDocumentsTests() => _documents = new JsonDocuments(_store);

    [Fact]
    public async Task WriteAsync_ThenRead_GivesValueAndVersion()
    {
        (await _documents.ReadAsync<Counter>("a.json")).ShouldBeNull();
        var written = await _documents.WriteAsync("a.json", new Counter(3), WriteCondition.IfAbsent);
        (await _documents.ReadAsync<Counter>("a.json")).ShouldBe(new StoredDocument<Counter>(new Counter(3), written.ETag!));
        Encoding.UTF8.GetString((await _store.ReadAsync("a.json"))!.Bytes.Span).ShouldBe("{\"count\":3}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"count\":")]
    [InlineData("{\"count\":\"three\"}")]
    [InlineData("\0\0\0\0")]
    public async Task ReadAsync_Damaged_NamesThePathAndWhatToDo(string text)
    {
        await _store.WriteAsync("agents/a/x.json", Encoding.UTF8.GetBytes(text));
        var damaged = await Should.ThrowAsync<StorageException>(() => _documents.ReadAsync<Counter>("agents/a/x.json"));
        damaged.Message.ShouldStartWith("agents/a/x.json is damaged: expected a JSON Counter, but ");
        damaged.Message.ShouldEndWith("Restore it from a copy, or remove it.");
    }

    [Fact]
    public async Task UpdateAsync_ByManyAtOnce_LosesNothing()
    {
        await Parallel.ForAsync(0, 20, async (_, stop) => await _documents.UpdateAsync<Counter>("c.json", c => new Counter((c?.Count ?? 0) + 1), stop));
        (await _documents.ReadAsync<Counter>("c.json"))!.Value.Count.ShouldBe(20);
    }

    [Fact]
    public async Task UpdateAsync_SameValueBack_WritesNothing()
    {
        var before = await _documents.UpdateAsync<Counter>("c.json", _ => new Counter(1));
        (await _documents.UpdateAsync<Counter>("c.json", c => c!)).ShouldBe(before);
    }

    [Fact]
    public async Task UpdateAsync_AlwaysOvertaken_GivesUpAsTransient()
    {
        var calls = 0;
        var failed = await Should.ThrowAsync<TransientException>(() => _documents.UpdateAsync<Counter>("c.json", c =>
        {
            _store.WriteAsync("c.json", Encoding.UTF8.GetBytes($"{{\"count\":{++calls}}}")).GetAwaiter().GetResult();
            return new Counter(-1);
        }));
        failed.Message.ShouldContain("c.json was changed by other writers 50 times");
        calls.ShouldBe(50);
    }
}
