using System.Text.Json;

namespace SelfImprove.Storage;

/// <summary>A piece of work that spends or submits: who is at it, and its receipt when it is done.</summary>
/// <param name="Key">The idempotency key.</param>
/// <param name="Holder">Who claimed it last: <c>{journal}.{claim}</c>, where the journal is new with every process.</param>
/// <param name="Expires">Until when the claim keeps others away.</param>
/// <param name="Attempts">How often it was claimed: more than one means that the work may have been paid for more than once.</param>
/// <param name="Completed">When the receipt was stored; null while there is none.</param>
/// <param name="Receipt">The result as JSON; null where there is none yet, or where it was null.</param>
public sealed record Intent(string Key, string Holder, DateTimeOffset Expires, int Attempts, DateTimeOffset? Completed = null, JsonElement? Receipt = null);
