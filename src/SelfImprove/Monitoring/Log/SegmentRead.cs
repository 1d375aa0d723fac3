namespace SelfImprove.Monitoring.Log;

/// <summary>Bytes of a segment from an offset, ending with a line break: complete lines only.</summary>
/// <param name="Path">The segment.</param>
/// <param name="Offset">Where they start in it.</param>
/// <param name="Bytes">The lines.</param>
internal sealed record SegmentRead(string Path, long Offset, ReadOnlyMemory<byte> Bytes);
