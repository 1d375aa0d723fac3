using System.Text.Json;

namespace SelfImprove.Audit;

/// <summary>One entry of an agent's audit log.</summary>
/// <param name="Seq">Counts entries from 1, over all months.</param>
/// <param name="Time">When it was recorded.</param>
/// <param name="Kind">What kind.</param>
/// <param name="Run">The run it belongs to, if any.</param>
/// <param name="Actor">Who decided or did it.</param>
/// <param name="Data">The evidence.</param>
/// <param name="Key">The idempotency key.</param>
/// <param name="Prev">The hash of the entry before; of the first one, a hash of the agent's name.</param>
/// <param name="Hash">Lower-case hexadecimal SHA-256 of the entry's canonical JSON without this member.</param>
public sealed record AuditEntry(long Seq, DateTimeOffset Time, string Kind, string? Run, string Actor, JsonElement Data, string Key, string Prev, string Hash);

/// <summary>A place in an agent's audit log. Kept elsewhere (in version files) it anchors everything up to there.</summary>
/// <param name="Seq">The entry's number.</param>
/// <param name="Hash">The entry's hash.</param>
public sealed record AuditHead(long Seq, string Hash);

/// <summary>The outcome of putting something on record.</summary>
/// <param name="Head">The entry of this key.</param>
/// <param name="Recorded">Whether it was appended by this call; false where the key was there before.</param>
public sealed record AuditReceipt(AuditHead Head, bool Recorded);
