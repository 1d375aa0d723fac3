namespace SelfImprove.Storage;

/// <summary>Reads an object by ranges: for stores that have nothing to open.</summary>
internal sealed class RangeReader(IObjectStore store, string path) : IObjectReader
{
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var stored = await store.ReadAsync(path, new ByteRange(offset, buffer.Length), cancellationToken).ConfigureAwait(false);
        if (stored is null) return 0;
        stored.Bytes.CopyTo(buffer);
        return stored.Bytes.Length;
    }

    public void Dispose()
    {
    }
}
