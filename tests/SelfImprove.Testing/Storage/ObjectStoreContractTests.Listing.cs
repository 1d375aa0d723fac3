using SelfImprove.Storage;

namespace SelfImprove.Testing.Storage;

/// <content>Listing, and paths that are none.</content>
public abstract partial class ObjectStoreContractTests
{
    [Fact]
    public async Task ListAsync_GivesOrdinalPathsWithLengths()
    {
        string[] paths = ["a", "a-b/x", "a.json", "b/a/z", "b/a-1", "b/a.1", "b/a0", "b/_x", "c/1/2/3/4/5/6"];
        foreach (var path in paths) await Store.WriteAsync(path == "a" ? "a0" : path, Bytes(path));

        string[] expected = [.. paths.Select(p => p == "a" ? "a0" : p).Order(StringComparer.Ordinal)];
        (await ListAsync("")).Select(e => e.Path).ShouldBe(expected);
        (await ListAsync("b/")).Single(e => e.Path == "b/a-1").Length.ShouldBe(5);
    }

    [Theory]
    [InlineData("b/", null, "b/a-1,b/a.1,b/a/z,b/a0")]
    [InlineData("b/a", null, "b/a-1,b/a.1,b/a/z,b/a0")]
    [InlineData("b/a/", null, "b/a/z")]
    [InlineData("b/a/z", null, "b/a/z")]
    [InlineData("b", null, "b/a-1,b/a.1,b/a/z,b/a0,ba/1")]
    [InlineData("nothing/", null, "")]
    [InlineData("", "b/a.1", "b/a/z,b/a0,ba/1")]
    [InlineData("", "b/a/z", "b/a0,ba/1")]
    [InlineData("", "b/a/y", "b/a/z,b/a0,ba/1")]
    [InlineData("b/", "b/a-5", "b/a.1,b/a/z,b/a0")]
    [InlineData("b/", "a", "b/a-1,b/a.1,b/a/z,b/a0")]
    [InlineData("b/", "c", "")]
    public async Task ListAsync_PrefixAndAfter_CutByOrdinalPath(string prefix, string? after, string expected)
    {
        foreach (var path in new[] { "a/1", "b/a-1", "b/a.1", "b/a/z", "b/a0", "ba/1" }) await Store.WriteAsync(path, Bytes("x"));
        string.Join(',', (await ListAsync(prefix, after)).Select(e => e.Path)).ShouldBe(expected);
    }

    [Fact]
    public async Task ListAsync_ThousandsOfObjects_AllInOrder()
    {
        var paths = Enumerable.Range(0, ManyObjects).Select(i => $"many/{i / 1000:d3}/{i:d6}.json").ToList();
        await CreateManyAsync(paths);

        (await ListAsync("many/")).Select(e => e.Path).ShouldBe(paths);
        (await ListAsync("many/", paths[ManyObjects / 2])).Count.ShouldBe(ManyObjects - (ManyObjects / 2) - 1);
    }

    [Fact]
    public async Task ListAsync_WhileWritten_ShowsWholeObjectsOnly()
    {
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 30; i++) await Store.WriteAsync($"a/{i:d2}", new byte[1000]);
        });
        do (await ListAsync("")).ShouldAllBe(e => e.Length == 1000 && e.Path.StartsWith("a/"));
        while (!writing.IsCompleted);
        await writing;
        (await ListAsync("")).Count.ShouldBe(30);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("a/..")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("c:x")]
    [InlineData("a/.hidden")]
    [InlineData("a/dot.")]
    [InlineData("A/upper")]
    [InlineData("a/space x")]
    [InlineData("a/ümlaut")]
    [InlineData("a/nul\0byte")]
    [InlineData("a/con")]
    [InlineData("a/con.json")]
    [InlineData("~/x")]
    [InlineData("a/%2e%2e/b")]
    public async Task AnyCall_InvalidPath_IsRefused(string path)
    {
        await Should.ThrowAsync<ArgumentException>(() => Store.ReadAsync(path));
        await Should.ThrowAsync<ArgumentException>(() => Store.WriteAsync(path, Bytes("x")));
        await Should.ThrowAsync<ArgumentException>(() => Store.AppendAsync(path, Bytes("x"), 0));
        await Should.ThrowAsync<ArgumentException>(() => Store.DeleteAsync(path));
        (await ListAsync("")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../")]
    [InlineData("/")]
    [InlineData("a//")]
    [InlineData("a\\")]
    [InlineData(".store")]
    public async Task ListAsync_InvalidPrefix_IsRefused(string prefix) => await Should.ThrowAsync<ArgumentException>(() => ListAsync(prefix));
}
