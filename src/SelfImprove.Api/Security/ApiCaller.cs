using Microsoft.AspNetCore.Http;

namespace SelfImprove.Api.Security;

/// <summary>Who calls.</summary>
/// <param name="Name">The key's name; null on a host without keys.</param>
/// <param name="Roles">What they may do.</param>
public sealed record ApiCaller(string? Name, ApiRoles Roles)
{
    /// <summary>Everybody, on a loopback host without keys.</summary>
    public static readonly ApiCaller Local = new(null, ApiRoles.All);

    /// <summary>The caller of a request. A host that knows its callers by other means sets this feature itself, and the gate asks for no key.</summary>
    public static ApiCaller Of(HttpContext http) => http.Features.Get<ApiCaller>() ?? Local;

    /// <summary>
    /// Who did it, for the record: the key's name, which nobody can put on; on a host without keys, the name that the request gives, otherwise <c>local</c>.
    /// </summary>
    public string Person(string? said) => Name ?? (string.IsNullOrWhiteSpace(said) ? "local" : said.Trim());
}
