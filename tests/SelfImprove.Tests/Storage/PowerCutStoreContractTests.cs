using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Tests.Storage;

/// <summary>The contract over the file layer in memory: it must behave as a file system does, or the power-cut tests prove nothing.</summary>
public sealed class PowerCutStoreContractTests : ObjectStoreContractTests
{
    private readonly LocalFolderStore _store;
    private readonly LocalFolderStore _other;

    public PowerCutStoreContractTests()
    {
        var disk = new PowerCutFileLayer();
        _store = new LocalFolderStore("/store", TimeProvider.System, disk);
        _other = new LocalFolderStore("/store", TimeProvider.System, disk);
    }

    protected override IObjectStore Store => _store;

    protected override IObjectStore OtherClient => _other;
}
