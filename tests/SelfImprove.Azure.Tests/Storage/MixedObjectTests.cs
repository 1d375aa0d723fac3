using System.Text;
using SelfImprove.Azure.Storage;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>Listings from the middle, and objects that are both written and appended to.</summary>
[Collection(nameof(Azurite))]
public sealed class MixedObjectTests(Azurite azurite)
{
    [Fact]
    public async Task ListAsync_AnyPrefixAndAfter_OverManyPages_IsTheOrdinalCut()
    {
        var random = new Random(7);
        string[] names = ["a", "a-1", "a.b", "a0", "b", "log", "log-1", "z"];
        string Name() => names[random.Next(names.Length)];
        var paths = Enumerable.Range(0, 70).Select(_ => string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Name())) + "/x").ToHashSet().Order(StringComparer.Ordinal).ToList();
        var settings = azurite.Settings();
        using var writer = new AzureBlobStore(settings);
        await Task.WhenAll(paths.Select(p => writer.WriteAsync(p, default)));

        using var store = new AzureBlobStore(settings, options: new BlobStoreOptions { PageSize = 4 });
        for (var i = 0; i < 50; i++)
        {
            var some = paths[random.Next(paths.Count)];
            var prefix = paths[random.Next(paths.Count)][..random.Next(0, 4)];
            var after = random.Next(3) == 0 ? some[..random.Next(1, some.Length)] : some;
            var expected = paths.Where(p => p.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(p, after) > 0);
            (await store.ListAsync(prefix, after).Select(e => e.Path).ToListAsync()).ShouldBe(expected, $"'{prefix}' after '{after}'");
        }
    }

    [Fact]
    public async Task ListAsync_AfterTheWatermarkOfALongLog_CostsItsDepthNotItsAge()
    {
        await using var proxy = await FaultProxy.StartAsync(azurite);
        var settings = azurite.Settings(endpoint: proxy.Endpoint);
        using var store = new AzureBlobStore(settings, options: new BlobStoreOptions { PageSize = 30 });
        var hours = Enumerable.Range(0, 20 * 24).Select(h => new DateTime(2026, 3, 1).AddHours(h)).ToList();
        await Parallel.ForEachAsync(hours, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (hour, stop) =>
            await store.WriteAsync($"log/desk/{hour:yyyy'/'MM'/'dd'/'HH}/w-000000.ndjson", default, default, stop));

        var before = proxy.Seen.Count;
        var found = await store.ListAsync("log/desk/", $"log/desk/{hours[^2]:yyyy'/'MM'/'dd'/'HH}/").ToListAsync();
        found.Count.ShouldBe(2);
        (proxy.Seen.Count - before).ShouldBeLessThanOrEqualTo(8); // of 16 pages: one in vain, five levels, the last two hours
    }

    [Fact]
    public async Task AppendAsync_ToAWrittenObject_GrowsItAtItsLengthOnly()
    {
        using var store = new AzureBlobStore(azurite.Settings());
        var written = await store.WriteAsync("a/mixed", Bytes("one\n"));

        (await store.AppendAsync("a/mixed", Bytes("two\n"), 3)).ShouldBe(new AppendResult(false, 4));
        (await store.AppendAsync("a/mixed", Bytes("two\n"), 4)).ShouldBe(new AppendResult(true, 8));
        (await store.AppendAsync("a/mixed", Bytes("two\n"), 0)).ShouldBe(new AppendResult(false, 8));
        (await store.WriteAsync("a/mixed", Bytes("late"), WriteCondition.IfMatch(written.ETag!))).Written.ShouldBeFalse();
        Encoding.UTF8.GetString((await store.ReadAsync("a/mixed"))!.Bytes.Span).ShouldBe("one\ntwo\n");
        await store.WriteAsync("a/empty", default);
        (await store.AppendAsync("a/empty", Bytes("x"), 0)).ShouldBe(new AppendResult(true, 1));
    }

    [Fact]
    public async Task AppendAsync_Nothing_MakesTheObjectOrChangesNothing()
    {
        using var store = new AzureBlobStore(azurite.Settings());
        (await store.AppendAsync("a/none", default, 3)).ShouldBe(new AppendResult(false, 0));
        (await store.ReadAsync("a/none")).ShouldBeNull();
        (await store.AppendAsync("a/none", default, 0)).ShouldBe(new AppendResult(true, 0));
        (await store.AppendAsync("a/none", Bytes("x"), 0)).ShouldBe(new AppendResult(true, 1));
        (await store.AppendAsync("a/none", default, 0)).ShouldBe(new AppendResult(false, 1));
        (await store.AppendAsync("a/none", default, 1)).ShouldBe(new AppendResult(true, 1));
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
