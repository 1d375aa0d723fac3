namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Entries that a fold changed, as bytes: what is folded next may change the entries again while these are written.</summary>
/// <param name="Image">Their records, in key order.</param>
/// <param name="Entries">The entries.</param>
internal sealed record SealedEntries(ReadOnlyMemory<byte> Image, IReadOnlyList<IndexEntry> Entries);
