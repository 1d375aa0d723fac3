namespace SelfImprove.Storage;

/// <summary>An object's bytes, or the range asked for, with the ETag of the whole.</summary>
/// <param name="Bytes">The bytes read.</param>
/// <param name="ETag">Changes with every write or append.</param>
/// <param name="Length">The whole object's length in bytes.</param>
public sealed record StoredObject(ReadOnlyMemory<byte> Bytes, string ETag, long Length);
