namespace SelfImprove.Api.Security;

/// <summary>An API key as it is kept: never the key itself.</summary>
/// <param name="Name">Whose it is: <c>[a-z0-9-]{1,63}</c>.</param>
/// <param name="Roles">What it allows.</param>
/// <param name="Sha256">SHA-256 of the key, lower-case hexadecimal. The key has 256 random bits, so a plain hash is enough.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ApiKey(string Name, IReadOnlyList<ApiRoles> Roles, string Sha256, DateTimeOffset CreatedAt);
