namespace SelfImprove.Api.Security;

/// <summary>How a host tells its callers.</summary>
/// <param name="AlwaysAsked">
/// Whether every caller has to say who it is, also where there are no keys. A host on loopback without keys lets everybody on its machine in; one in a cloud
/// lets nobody.
/// </param>
/// <param name="Tokens">Checks Microsoft Entra tokens; null where the host takes keys alone.</param>
public sealed record ApiAuthentication(bool AlwaysAsked = false, EntraTokens? Tokens = null);
