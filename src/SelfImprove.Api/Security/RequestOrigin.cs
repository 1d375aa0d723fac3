using System.Net;
using Microsoft.AspNetCore.Http;

namespace SelfImprove.Api.Security;

/// <summary>
/// Tells a program or page on this machine from a page of elsewhere in the user's browser, on a host that has no keys: a page that had its own name
/// resolved to this machine (DNS rebinding) sends a foreign Host; one that calls across origins sends a foreign Origin.
/// </summary>
public static class RequestOrigin
{
    /// <summary>Whether the Host header names this machine.</summary>
    public static bool IsLocal(HostString host)
    {
        if (!host.HasValue) return false;
        var name = host.Host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    /// <summary>Whether the Origin header, where there is one, is this host's own.</summary>
    public static bool IsOwn(HttpRequest request)
    {
        if (request.Headers.Origin.Count == 0) return true;
        return request.Headers.Origin is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme == request.Scheme && new HostString(uri.Authority).Equals(request.Host);
    }
}
