namespace SelfImprove.Audit;

/// <summary>A head that was kept outside the log.</summary>
/// <param name="Seq">The entry's number.</param>
/// <param name="Hash">Its hash then.</param>
/// <param name="Source">Where it was kept, for the report: "version v3".</param>
public sealed record AuditAnchor(long Seq, string Hash, string Source);

/// <summary>Something in the log that cannot be as it was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">The byte where it shows; -1 where it is something missing.</param>
/// <param name="Message">What is wrong, for a person.</param>
public sealed record AuditProblem(string Path, long Offset, string Message);

/// <summary>What is known of an agent's audit log.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Entries">How many entries have the right hash.</param>
/// <param name="Head">The last of them; null where there are none.</param>
/// <param name="LastAnchored">The greatest number that an anchor vouches for; 0 where none does. Up to there, nothing can have been changed unseen.</param>
/// <param name="NotAnchored">How many entries come after: whoever can write the files could have rewritten or cut off these, consistently.</param>
/// <param name="Problems">What is wrong, at most <see cref="AuditVerifier.MostProblems"/>; empty where the log is intact.</param>
/// <param name="Notes">What is worth knowing and no problem: torn appends that were never acknowledged.</param>
public sealed record AuditVerification(
    string Agent, long Entries, AuditHead? Head, long LastAnchored, long NotAnchored, IReadOnlyList<AuditProblem> Problems, IReadOnlyList<string> Notes)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsIntact => Problems.Count == 0;
}
