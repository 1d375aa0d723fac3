namespace SelfImprove.Storage;

/// <summary>
/// Where everything is kept: objects by path, with compare-and-swap and conditional append. Paths are
/// <c>/</c>-separated segments of <c>[a-z0-9._-]</c> that stay under the root. A write that has returned is on stable storage.
/// Implementations: a local folder, and Azure Blob Storage; both pass one contract test class. An object that was appended to is deleted before it is
/// written as a whole: Blob Storage refuses otherwise, with a <see cref="StorageException"/>.
/// </summary>
public interface IObjectStore
{
    /// <summary>Reads an object, or a range of it; null where there is none.</summary>
    Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default);

    /// <summary>Opens an object to read it in several pieces without new memory for each; one that is not there reads as empty.</summary>
    ValueTask<IObjectReader> OpenReadAsync(string path, CancellationToken cancellationToken = default) => new(new RangeReader(this, path));

    /// <summary>Creates or replaces an object where <paramref name="condition"/> holds.</summary>
    Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default);

    /// <summary>Appends where the object's length is <paramref name="expectedLength"/>; 0 creates it.</summary>
    Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default);

    /// <summary>Lists objects whose path starts with <paramref name="prefix"/>, by ordinal path, those after <paramref name="after"/> only.</summary>
    IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object where it has <paramref name="ifMatch"/> (any, where null); false where it is not there or is another.</summary>
    Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default);
}
