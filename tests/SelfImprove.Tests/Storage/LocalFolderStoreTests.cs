using System.Text;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

/// <summary>What is particular to files in a folder.</summary>
public sealed class LocalFolderStoreTests
{
    [Fact]
    public async Task Open_AfterAnInterruptedWrite_RemovesTemporaryFilesOfNobody()
    {
        using var folder = new TemporaryFolder();
        new LocalFolderStore(folder.Path, TimeProvider.System).Dispose();
        var temporary = Path.Combine(folder.Path, ".store", "tmp", "07");
        File.WriteAllText(temporary, "half");

        using var store = new LocalFolderStore(folder.Path, TimeProvider.System);
        File.Exists(temporary).ShouldBeFalse();
        (await store.ListAsync("").ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Write_ObjectIsAPlainFile_ThatPeopleCanReadAndEdit()
    {
        using var folder = new TemporaryFolder();
        using var store = new LocalFolderStore(folder.Path, TimeProvider.System);
        var first = await store.WriteAsync("agents/a/manifest.json", Bytes("{}"));
        var file = Path.Combine(folder.Path, "agents", "a", "manifest.json");
        File.ReadAllText(file).ShouldBe("{}");

        File.WriteAllText(file, "[]");
        (await store.WriteAsync("agents/a/manifest.json", Bytes("x"), WriteCondition.IfMatch(first.ETag!))).Written.ShouldBeFalse("the edit by hand is a version of its own");
    }

    [Fact]
    public async Task Write_ClockStandsStillOrGoesBack_ETagsStayDistinct()
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var disk = new PowerCutFileLayer();
        var seen = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            using var store = new LocalFolderStore("/store", clock, disk);
            for (var n = 0; n < 5; n++) seen.Add((await store.WriteAsync("a", Bytes("same"))).ETag!).ShouldBeTrue();
            clock.Now -= TimeSpan.FromHours(1);
        }
    }

    [Fact]
    public async Task Append_MoreSegmentsThanAreKeptOpen_AllGoOn()
    {
        using var folder = new TemporaryFolder();
        using var store = new LocalFolderStore(folder.Path, TimeProvider.System);
        for (var round = 0; round < 2; round++)
            await Parallel.ForAsync(0, 100, async (i, stop) =>
                (await store.AppendAsync($"log/{i}", Bytes("line\n"), round * 5, stop)).Appended.ShouldBeTrue());
        (await store.ListAsync("log/").ToListAsync()).Count(e => e.Length == 10).ShouldBe(100);
    }

    [Fact]
    public async Task Append_FileReplacedFromOutside_IsNotWrittenToTheOldFile()
    {
        using var folder = new TemporaryFolder();
        using var store = new LocalFolderStore(folder.Path, TimeProvider.System);
        await store.AppendAsync("a", Bytes("one"), 0);
        var file = Path.Combine(folder.Path, "a");
        File.Delete(file);
        File.WriteAllText(file, "two");

        (await store.AppendAsync("a", Bytes("!"), 3)).Appended.ShouldBeTrue();
        File.ReadAllText(file).ShouldBe("two!");
    }

    [Fact]
    public async Task Write_DiskFull_SaysSoAndKeepsTheOldVersion()
    {
        var disk = new PowerCutFileLayer();
        using var store = MemoryStores.Open(disk);
        await store.WriteAsync("a/x.json", Bytes("old"));
        disk.BytesLeft = 2;

        var failed = await Should.ThrowAsync<StorageException>(() => store.WriteAsync("a/x.json", Bytes("newer")));
        failed.Path.ShouldBe("a/x.json");
        failed.Message.ShouldBe("Cannot write a/x.json: the disk is full (No space left on device). Free some space; nothing acknowledged before is lost.");

        Text(await store.ReadAsync("a/x.json")).ShouldBe("old");
        disk.List("/store/.store/tmp").ShouldBeEmpty();
        disk.BytesLeft = null;
        (await store.WriteAsync("a/x.json", Bytes("newer"))).Written.ShouldBeTrue();
    }

    [Fact]
    public async Task Append_DiskFull_TakesThePartBack()
    {
        var disk = new PowerCutFileLayer();
        using var store = MemoryStores.Open(disk);
        await store.AppendAsync("log", Bytes("one\n"), 0);
        disk.BytesLeft = 2;
        await Should.ThrowAsync<StorageException>(() => store.AppendAsync("log", Bytes("two\n"), 4));
        await Should.ThrowAsync<StorageException>(() => store.AppendAsync("fresh", Bytes("two\n"), 0));

        Text(await store.ReadAsync("log")).ShouldBe("one\n");
        (await store.ReadAsync("fresh")).ShouldBeNull();
        disk.BytesLeft = null;
        (await store.AppendAsync("log", Bytes("two\n"), 4)).ShouldBe(new AppendResult(true, 8));
        Text(await store.ReadAsync("log")).ShouldBe("one\ntwo\n");
    }

    [Fact]
    public void Open_FolderIsAFile_SaysWhatToDo()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        Should.Throw<StorageException>(() => new LocalFolderStore(file, TimeProvider.System)).Message.ShouldStartWith($"Cannot open the store in {file}: ");
    }

    [Fact]
    public async Task Change_LockHeldByAnotherProcess_WaitsAndCanBeCancelled()
    {
        var disk = new PowerCutFileLayer();
        using var store = MemoryStores.Open(disk);
        var locks = Enumerable.Range(0, 64).Select(i => disk.OpenLock($"/store/.store/locks/{i:d2}")).ToList();
        locks.ForEach(l => l.TryEnter().ShouldBeTrue());

        using var stop = new CancellationTokenSource();
        var cancelled = store.WriteAsync("a", Bytes("1"), default, stop.Token);
        var waiting = store.WriteAsync("b", Bytes("1"));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        waiting.IsCompleted.ShouldBeFalse();

        locks.ForEach(l => l.Exit());
        (await waiting).Written.ShouldBeTrue();
        (await store.ReadAsync("a")).ShouldBeNull();
    }

    [Fact]
    public async Task List_FilesThatAreNoObjects_AreNotShown()
    {
        using var folder = new TemporaryFolder();
        using var store = new LocalFolderStore(folder.Path, TimeProvider.System);
        File.WriteAllText(Path.Combine(folder.Path, "README.md"), "people's");
        File.WriteAllText(Path.Combine(folder.Path, ".hidden"), "");
        await store.WriteAsync("a", Bytes("1"));
        (await store.ListAsync("").ToListAsync()).Single().ShouldBe(new StoredEntry("a", 1));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(StoredObject? stored) => Encoding.UTF8.GetString(stored.ShouldNotBeNull().Bytes.Span);
}
