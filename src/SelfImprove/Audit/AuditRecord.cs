namespace SelfImprove.Audit;

/// <summary>Something decided or done, to be put on record.</summary>
/// <param name="Kind">What kind: "plan", "promotion"... Not one of <see cref="AuditKinds"/>.</param>
/// <param name="Run">The run it belongs to, if any.</param>
/// <param name="Actor">Who: a person, an agent, or a part of this runtime.</param>
/// <param name="Data">The evidence, as any value that serialises to JSON; at most <see cref="AuditLog.MaxData"/> bytes.</param>
/// <param name="Key">The idempotency key: a second record with it changes nothing.</param>
public sealed record AuditRecord(string Kind, string? Run, string Actor, object? Data, string Key);

/// <summary>The kinds of entry that the log makes by itself.</summary>
public static class AuditKinds
{
    /// <summary>The last entry of a month; the next month's first entry chains on to it.</summary>
    public const string Sealed = "audit.sealed";

    /// <summary>Says that the bytes before it are a torn append that was never acknowledged, with their place and hash.</summary>
    public const string Repaired = "audit.repaired";
}
