using SelfImprove.Storage;

namespace SelfImprove.Tests.Storage;

/// <summary>Reading an object in pieces into the caller's memory, by an open file and by ranges.</summary>
public sealed class ObjectReaderTests
{
    [Fact]
    public async Task Read_FromAFolder_GivesTheBytesThereAreFromTheOffset()
    {
        using var folder = new TemporaryFolder();
        using var store = new LocalFolderStore(folder.Path, TimeProvider.System);
        await CheckAsync(store);
    }

    [Fact]
    public async Task Read_FromAStoreThatOpensNothing_GivesTheBytesThereAreFromTheOffset() => await CheckAsync(new Monitoring.Support.MemoryStore());

    [Fact]
    public async Task Read_ObjectGrowsAfterOpening_SeesWhatWasAppended()
    {
        using var folder = new TemporaryFolder();
        using var store = new LocalFolderStore(folder.Path, TimeProvider.System);
        await store.AppendAsync("a/b", "one"u8.ToArray(), 0);
        using var reader = await store.OpenReadAsync("a/b");
        await store.AppendAsync("a/b", "two"u8.ToArray(), 3);
        var buffer = new byte[10];
        (await reader.ReadAsync(0, buffer)).ShouldBe(6);
        buffer[..6].ShouldBe("onetwo"u8.ToArray());
    }

    private static async Task CheckAsync(IObjectStore store)
    {
        await store.WriteAsync("a/b", "0123456789"u8.ToArray());
        using var reader = await store.OpenReadAsync("a/b");
        var buffer = new byte[4];
        (await reader.ReadAsync(2, buffer)).ShouldBe(4);
        buffer.ShouldBe("2345"u8.ToArray());
        (await reader.ReadAsync(8, buffer)).ShouldBe(2);
        buffer[..2].ShouldBe("89"u8.ToArray());
        (await reader.ReadAsync(10, buffer)).ShouldBe(0);
        (await reader.ReadAsync(11, buffer)).ShouldBe(0);
        using var nobody = await store.OpenReadAsync("a/c");
        (await nobody.ReadAsync(0, buffer)).ShouldBe(0);
    }
}
