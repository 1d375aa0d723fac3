using SelfImprove.Agents.Manifests;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>What one policy saw, fired or not.</summary>
/// <param name="Kind">The policy.</param>
/// <param name="Fired">Whether it wants an improvement.</param>
/// <param name="By">Who or what, as a cause names it: <c>trend</c>, <c>person:ada</c>.</param>
/// <param name="Reason">For a person: why, or why not.</param>
/// <param name="Numbers">The figures behind it, by name; finite.</param>
public sealed record PolicyEvidence(TriggerKind Kind, bool Fired, string By, string Reason, IReadOnlyDictionary<string, double> Numbers)
{
    /// <summary>A policy that fired.</summary>
    public static PolicyEvidence Yes(TriggerKind kind, string by, string reason, IReadOnlyDictionary<string, double>? numbers = null) =>
        new(kind, true, by, reason, numbers ?? None);

    /// <summary>A policy that did not fire.</summary>
    public static PolicyEvidence No(TriggerKind kind, string reason, IReadOnlyDictionary<string, double>? numbers = null) =>
        new(kind, false, Word(kind), reason, numbers ?? None);

    /// <summary>The policy's word in manifests and causes.</summary>
    public static string Word(TriggerKind kind) => kind.ToString().ToLowerInvariant();

    private static readonly Dictionary<string, double> None = [];
}
