namespace SelfImprove.Audit;

/// <summary>An agent's audit log was tampered with or damaged, so nothing can be chained on. Nothing was appended.</summary>
public sealed class AuditBrokenException(string agent, string path, string what)
    : Exception($"The audit log of {agent} is broken: {what} ({path}). Nothing was appended. "
        + $"Run 'selfimprove audit verify {agent}', and restore the file from a copy.");
