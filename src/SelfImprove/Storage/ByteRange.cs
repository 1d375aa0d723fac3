namespace SelfImprove.Storage;

/// <summary>A range of bytes; the part beyond the object's end is left out.</summary>
/// <param name="Offset">The first byte, from 0.</param>
/// <param name="Length">How many at most; to the end where null.</param>
public readonly record struct ByteRange(long Offset, long? Length = null);
