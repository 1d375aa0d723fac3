using System.Text;
using SelfImprove.Storage;

namespace SelfImprove.Testing.Storage;

/// <summary>What every object store promises. Inherit it, and give it an empty store; one that more than one client can open at once, if it can.</summary>
public abstract partial class ObjectStoreContractTests
{
    /// <summary>The store under test, empty at the start of each test.</summary>
    protected abstract IObjectStore Store { get; }

    /// <summary>A second client of the same objects, as another process would have.</summary>
    protected abstract IObjectStore OtherClient { get; }

    /// <summary>How many objects the listing test creates.</summary>
    protected virtual int ManyObjects => 10_000;

    [Fact]
    public async Task ReadAsync_NoSuchObject_IsNull()
    {
        (await Store.ReadAsync("agents/router/manifest.json")).ShouldBeNull();
        (await Store.ReadAsync("agents/router/manifest.json", new ByteRange(5, 5))).ShouldBeNull();
    }

    [Fact]
    public async Task WriteAsync_NewObject_IsReadBackByBothClients()
    {
        var written = await Store.WriteAsync("agents/router/manifest.json", Bytes("goal"));

        written.Written.ShouldBeTrue();
        foreach (var client in new[] { Store, OtherClient })
        {
            var read = (await client.ReadAsync("agents/router/manifest.json")).ShouldNotBeNull();
            Text(read).ShouldBe("goal");
            read.ETag.ShouldBe(written.ETag);
            read.Length.ShouldBe(4);
        }
    }

    [Fact]
    public async Task WriteAsync_Unconditional_ReplacesLongerByShorter()
    {
        await Store.WriteAsync("a/b", Bytes("a long first version"));
        (await OtherClient.WriteAsync("a/b", Bytes("short"))).Written.ShouldBeTrue();
        Text(await Store.ReadAsync("a/b")).ShouldBe("short");
    }

    [Fact]
    public async Task WriteAsync_EmptyBytes_IsAnObjectOfNoLength()
    {
        await Store.WriteAsync("a/empty", default);
        var read = (await Store.ReadAsync("a/empty")).ShouldNotBeNull();
        read.Length.ShouldBe(0);
        read.Bytes.Length.ShouldBe(0);
    }

    [Fact]
    public async Task WriteAsync_IfAbsent_WritesOnceOnly()
    {
        (await Store.WriteAsync("facts/r1/deploy-1.json", Bytes("yes"), WriteCondition.IfAbsent)).Written.ShouldBeTrue();
        var second = await OtherClient.WriteAsync("facts/r1/deploy-1.json", Bytes("no"), WriteCondition.IfAbsent);

        second.ShouldBe(new WriteResult(false, null));
        Text(await Store.ReadAsync("facts/r1/deploy-1.json")).ShouldBe("yes");
    }

    [Fact]
    public async Task WriteAsync_IfMatch_HoldsForTheLatestVersionOnly()
    {
        var first = await Store.WriteAsync("a/routing.json", Bytes("1"));
        var second = await OtherClient.WriteAsync("a/routing.json", Bytes("2"), WriteCondition.IfMatch(first.ETag!));
        second.Written.ShouldBeTrue();

        (await Store.WriteAsync("a/routing.json", Bytes("3"), WriteCondition.IfMatch(first.ETag!))).Written.ShouldBeFalse();
        (await Store.WriteAsync("a/missing.json", Bytes("3"), WriteCondition.IfMatch(first.ETag!))).Written.ShouldBeFalse();
        Text(await Store.ReadAsync("a/routing.json")).ShouldBe("2");
        (await Store.ReadAsync("a/missing.json")).ShouldBeNull();
    }

    [Fact]
    public async Task WriteAsync_SameBytesAgain_ChangesTheETag()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            seen.Add((await Store.WriteAsync("a/same", Bytes("same"))).ETag!).ShouldBeTrue();
            if (i % 5 == 4) (await Store.DeleteAsync("a/same")).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task WriteAsync_IfMatchByManyAtOnce_ExactlyOneWins()
    {
        var etag = (await Store.WriteAsync("a/cas", Bytes("0"))).ETag!;
        for (var round = 0; round < 5; round++)
        {
            var condition = WriteCondition.IfMatch(etag);
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Client(i).WriteAsync("a/cas", Bytes($"{i}"), condition))));

            results.Count(r => r.Written).ShouldBe(1);
            etag = results.Single(r => r.Written).ETag!;
            var read = (await Store.ReadAsync("a/cas")).ShouldNotBeNull();
            read.ETag.ShouldBe(etag);
            Text(read).ShouldBe($"{Array.FindIndex(results, r => r.Written)}");
        }
    }

    [Fact]
    public async Task WriteAsync_IfAbsentByManyAtOnce_ExactlyOneWins()
    {
        var results = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Task.Run(() => Client(i).WriteAsync("a/once", Bytes($"{i}"), WriteCondition.IfAbsent))));

        results.Count(r => r.Written).ShouldBe(1);
        Text(await Store.ReadAsync("a/once")).ShouldBe($"{Array.FindIndex(results, r => r.Written)}");
    }

    [Fact]
    public async Task WriteAsync_CountedUpByManyAtOnce_LosesNoUpdate()
    {
        await Store.WriteAsync("a/counter", Bytes("0"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            for (var done = 0; done < 10;)
            {
                var read = (await Client(i).ReadAsync("a/counter"))!;
                var next = Bytes($"{int.Parse(Text(read)) + 1}");
                if ((await Client(i).WriteAsync("a/counter", next, WriteCondition.IfMatch(read.ETag))).Written) done++;
            }
        })));
        Text(await Store.ReadAsync("a/counter")).ShouldBe("40");
    }

    [Fact]
    public async Task ReadAsync_WhileReplaced_NeverSeesAMixture()
    {
        await Store.WriteAsync("a/whole", new byte[40_000]);
        var writing = Task.Run(async () =>
        {
            for (byte i = 1; i <= 20; i++) await Store.WriteAsync("a/whole", Enumerable.Repeat(i, 40_000 - i).ToArray());
        });
        do
        {
            var read = (await OtherClient.ReadAsync("a/whole")).ShouldNotBeNull();
            read.Bytes.Length.ShouldBe(40_000 - read.Bytes.Span[0]);
            read.Bytes.Span.ContainsAnyExcept(read.Bytes.Span[0]).ShouldBeFalse();
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [Fact]
    public async Task AppendAsync_AtTheExpectedLength_GrowsTheObject()
    {
        (await Store.AppendAsync("log/x/w-1.ndjson", Bytes("one\n"), 0)).ShouldBe(new AppendResult(true, 4));
        (await Store.AppendAsync("log/x/w-1.ndjson", Bytes("two\n"), 4)).ShouldBe(new AppendResult(true, 8));
        (await OtherClient.AppendAsync("log/x/w-1.ndjson", Bytes("three\n"), 8)).ShouldBe(new AppendResult(true, 14));
        (await Store.AppendAsync("log/x/w-1.ndjson", Bytes("four\n"), 14)).ShouldBe(new AppendResult(true, 19));
        Text(await Store.ReadAsync("log/x/w-1.ndjson")).ShouldBe("one\ntwo\nthree\nfour\n");
    }

    [Fact]
    public async Task AppendAsync_AtAnotherLength_ChangesNothingAndTellsTheLength()
    {
        (await Store.AppendAsync("a/log", Bytes("one"), 3)).ShouldBe(new AppendResult(false, 0));
        (await Store.ReadAsync("a/log")).ShouldBeNull();

        await Store.AppendAsync("a/log", Bytes("one"), 0);
        (await Store.AppendAsync("a/log", Bytes("two"), 0)).ShouldBe(new AppendResult(false, 3));
        (await OtherClient.AppendAsync("a/log", Bytes("two"), 4)).ShouldBe(new AppendResult(false, 3));
        Text(await Store.ReadAsync("a/log")).ShouldBe("one");
    }

    [Fact]
    public async Task AppendAsync_ChangesTheETag()
    {
        await Store.AppendAsync("a/log", Bytes("one"), 0);
        var before = (await Store.ReadAsync("a/log"))!.ETag;
        await Store.AppendAsync("a/log", Bytes("two"), 3);
        var after = (await Store.ReadAsync("a/log"))!.ETag;

        after.ShouldNotBe(before);
        (await Store.DeleteAsync("a/log", before)).ShouldBeFalse();
        (await Store.DeleteAsync("a/log", after)).ShouldBeTrue();
    }

    [Fact]
    public async Task AppendAsync_AfterDeleteByAnotherClient_StartsANewObject()
    {
        await Store.AppendAsync("a/log", Bytes("old"), 0);
        await OtherClient.DeleteAsync("a/log");

        (await Store.AppendAsync("a/log", Bytes("x"), 3)).ShouldBe(new AppendResult(false, 0));
        (await Store.AppendAsync("a/log", Bytes("new"), 0)).Appended.ShouldBeTrue();
        Text(await OtherClient.ReadAsync("a/log")).ShouldBe("new");
    }

    [Fact]
    public async Task AppendAsync_ByManyAtOnce_LosesAndMixesNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            long length = 0;
            for (var line = 0; line < 15;)
            {
                var result = await Client(writer).AppendAsync("a/shared", Bytes($"{writer}:{line}:{new string((char)('a' + writer), 50)}\n"), length);
                length = result.Length;
                if (result.Appended) line++;
            }
        })));

        var lines = Text(await Store.ReadAsync("a/shared")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(60);
        for (var writer = 0; writer < 4; writer++)
            lines.Where(l => l.StartsWith($"{writer}:")).ShouldBe(Enumerable.Range(0, 15).Select(n => $"{writer}:{n}:{new string((char)('a' + writer), 50)}"));
    }

    [Fact]
    public async Task ReadAsync_Range_GivesThatPartAndTheWholeLength()
    {
        await Store.WriteAsync("a/range", Bytes("0123456789"));

        async Task<string> Range(long offset, long? length)
        {
            var read = (await Store.ReadAsync("a/range", new ByteRange(offset, length))).ShouldNotBeNull();
            read.Length.ShouldBe(10);
            return Text(read);
        }

        (await Range(0, 3)).ShouldBe("012");
        (await Range(4, null)).ShouldBe("456789");
        (await Range(8, 100)).ShouldBe("89");
        (await Range(10, 5)).ShouldBe("");
        (await Range(99, null)).ShouldBe("");
        (await Range(3, 0)).ShouldBe("");
        (await Range(9, long.MaxValue)).ShouldBe("9");
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.ReadAsync("a/range", new ByteRange(-1)));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.ReadAsync("a/range", new ByteRange(0, -1)));
    }

    [Fact]
    public async Task WriteAsync_TenMebibytes_IsReadBackWholeAndInRanges()
    {
        var bytes = new byte[10 << 20];
        new Random(1).NextBytes(bytes);
        await Store.WriteAsync("runs/big.bin", bytes);

        (await OtherClient.ReadAsync("runs/big.bin"))!.Bytes.Span.SequenceEqual(bytes).ShouldBeTrue();
        var middle = (await Store.ReadAsync("runs/big.bin", new ByteRange(5_000_000, 1234)))!;
        middle.Bytes.Span.SequenceEqual(bytes.AsSpan(5_000_000, 1234)).ShouldBeTrue();
        (await Store.AppendAsync("runs/grown.bin", bytes, 0)).Length.ShouldBe(bytes.Length);
        (await Store.ReadAsync("runs/grown.bin"))!.Bytes.Span.SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task DeleteAsync_EveryOutcome()
    {
        (await Store.DeleteAsync("a/x")).ShouldBeFalse();
        var first = (await Store.WriteAsync("a/x", Bytes("1"))).ETag!;
        await Store.WriteAsync("a/x", Bytes("2"));
        (await Store.DeleteAsync("a/x", first)).ShouldBeFalse();
        (await Store.DeleteAsync("a/x")).ShouldBeTrue();
        (await OtherClient.ReadAsync("a/x")).ShouldBeNull();
        (await Store.DeleteAsync("a/x")).ShouldBeFalse();
        (await Store.WriteAsync("a/x", Bytes("3"), WriteCondition.IfAbsent)).Written.ShouldBeTrue();
    }

    [Fact]
    public async Task AnyCall_OddButValidPath_Works()
    {
        foreach (var path in new[] { "0", "-/-", "_/_", "a.b-c_d/e..f", new string('a', 200), string.Join('/', Enumerable.Repeat("abcdefgh", 20)) })
        {
            await Store.WriteAsync(path, Bytes(path));
            Text(await OtherClient.ReadAsync(path)).ShouldBe(path);
            (await ListAsync(path)).Single().Path.ShouldBe(path);
            (await Store.DeleteAsync(path)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task AnyCall_AlreadyCancelled_ThrowsAndChangesNothing()
    {
        await Store.WriteAsync("a/kept", Bytes("1"));
        var gone = new CancellationToken(canceled: true);

        await Should.ThrowAsync<OperationCanceledException>(() => Store.ReadAsync("a/kept", null, gone));
        await Should.ThrowAsync<OperationCanceledException>(() => Store.WriteAsync("a/kept", Bytes("2"), default, gone));
        await Should.ThrowAsync<OperationCanceledException>(() => Store.AppendAsync("a/new", Bytes("2"), 0, gone));
        await Should.ThrowAsync<OperationCanceledException>(() => Store.DeleteAsync("a/kept", null, gone));
        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.ListAsync("a/", null, gone).ToListAsync(gone));
        Text(await Store.ReadAsync("a/kept")).ShouldBe("1");
        (await Store.ReadAsync("a/new")).ShouldBeNull();
    }

    /// <summary>Creates objects of no importance; override where many single writes take too long.</summary>
    protected virtual async Task CreateManyAsync(IReadOnlyList<string> paths) =>
        await Parallel.ForEachAsync(paths, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (path, stop) =>
            await Store.WriteAsync(path, Bytes("{}"), default, stop));

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(StoredObject? stored) => Encoding.UTF8.GetString(stored.ShouldNotBeNull().Bytes.Span);

    private IObjectStore Client(int i) => i % 2 == 0 ? Store : OtherClient;

    private async Task<List<StoredEntry>> ListAsync(string prefix, string? after = null) => await Store.ListAsync(prefix, after).ToListAsync();
}
