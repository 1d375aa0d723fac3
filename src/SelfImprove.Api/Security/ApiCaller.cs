using Microsoft.AspNetCore.Http;

namespace SelfImprove.Api.Security;

/// <summary>Who calls.</summary>
/// <param name="Name">The key's name; null on a host without keys.</param>
/// <param name="Roles">What they may do.</param>
public sealed record ApiCaller(string? Name, ApiRoles Roles)
{
    /// <summary>Everybody, on a loopback host without keys.</summary>
    public static readonly ApiCaller Local = new(null, ApiRoles.All);

    private static readonly object Key = new();

    /// <summary>The caller of a request.</summary>
    public static ApiCaller Of(HttpContext http) => http.Items.TryGetValue(Key, out var caller) ? (ApiCaller)caller! : Local;

    /// <summary>
    /// Who did it, for the record: the key's name, which nobody can put on; on a host without keys, the name that the request gives, otherwise <c>local</c>.
    /// </summary>
    public string Person(string? said) => Name ?? (string.IsNullOrWhiteSpace(said) ? "local" : said.Trim());

    internal void Attach(HttpContext http)
    {
        // Everybody's own table of items is made by the first to ask for it: a request without keys does without.
        if (!ReferenceEquals(this, Local)) http.Items[Key] = this;
    }
}
