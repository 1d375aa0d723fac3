using SelfImprove.Azure.Outbound;

namespace SelfImprove.Azure.Secrets;

/// <summary>A secret that the host's configuration lists: where its value is, and who may be sent it. The value itself is never part of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hosts">The hosts it may be sent to, at least one.</param>
/// <param name="Variable">The environment variable that holds it; null where a setting does.</param>
/// <param name="Setting">The path of the setting that holds it (user secrets, a key vault's provider, a mounted file); null where a variable does.</param>
public sealed record SecretBinding(string Name, IReadOnlyList<HostPattern> Hosts, string? Variable = null, string? Setting = null);
