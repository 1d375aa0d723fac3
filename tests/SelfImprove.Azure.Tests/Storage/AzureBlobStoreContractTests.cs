using SelfImprove.Azure.Storage;
using SelfImprove.Storage;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>The contract over a real Blob service; the second client shares nothing with the first.</summary>
[Collection(nameof(Azurite))]
public sealed class AzureBlobStoreContractTests : ObjectStoreContractTests, IDisposable
{
    private readonly AzureBlobStore _store;
    private readonly AzureBlobStore _other;

    public AzureBlobStoreContractTests(Azurite azurite)
    {
        var settings = azurite.Settings();
        (_store, _other) = (new AzureBlobStore(settings), new AzureBlobStore(settings));
    }

    protected override IObjectStore Store => _store;

    protected override IObjectStore OtherClient => _other;

    public void Dispose()
    {
        _store.Dispose();
        _other.Dispose();
    }
}
