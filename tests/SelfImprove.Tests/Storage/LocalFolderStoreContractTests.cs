using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

/// <summary>The contract over the machine's own file system; the second client is a second store, kept apart by file locks as a process is.</summary>
public sealed class LocalFolderStoreContractTests : ObjectStoreContractTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalFolderStore _store;
    private readonly LocalFolderStore _other;

    public LocalFolderStoreContractTests()
    {
        _store = new LocalFolderStore(_folder.Path, TimeProvider.System);
        _other = new LocalFolderStore(_folder.Path, TimeProvider.System);
    }

    protected override IObjectStore Store => _store;

    protected override IObjectStore OtherClient => _other;

    public void Dispose()
    {
        _store.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    /// <summary>Put there from outside: what is tested is the listing, and 10,000 durable writes take their time.</summary>
    protected override Task CreateManyAsync(IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            var file = Path.Combine(_folder.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "{}");
        }
        return Task.CompletedTask;
    }
}
