using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SelfImprove.Api.Gateway;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Problems;
using SelfImprove.Storage;

namespace SelfImprove.Api.Security;

/// <summary>
/// What every request passes on either host: who calls, from where, with what body, and what its errors look like. Nothing unauthenticated
/// reaches a handler, except where a host on loopback has no keys at all.
/// </summary>
/// <param name="keys">The keys; where there are any, each request needs one.</param>
/// <param name="logger">Gets what went wrong inside.</param>
/// <param name="authentication">Whether callers are asked for a key or a token in any case; where null they are asked where there are keys.</param>
public sealed class ApiGate(IApiKeys keys, ILogger<ApiGate> logger, ApiAuthentication? authentication = null)
{
    private readonly ApiAuthentication _authentication = authentication ?? new ApiAuthentication();

    private static readonly string[] JsonTypes = ["application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/yaml", "application/x-yaml"];

    /// <summary>Lets a request through to <paramref name="next"/>, or answers it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="allowed">Roles of which one is needed; null where no route was found.</param>
    /// <param name="next">The handler.</param>
    public async Task InvokeAsync(HttpContext http, ApiRoles? allowed, RequestDelegate next)
    {
        try
        {
            // Before anything else where there is a token: what it says of the caller counts like a key's.
            if (allowed is not ApiRoles.None && _authentication.Tokens is { } tokens && TokenOf(http.Request) is { } token
                && await tokens.FindAsync(token, http.RequestAborted) is { } caller) http.Features.Set(caller);
            if (Refuse(http, allowed) is { } problem)
            {
                await problem.ExecuteAsync(http);
                return;
            }
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null } && ErrorProblem.Of(http.Response.StatusCode, http.Request.Path) is { } bare)
                await bare.ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left: there is nobody to answer.
        }
        catch (Exception e)
        {
            var problem = ErrorProblem.Of(e);
            if (problem.Status >= 500) logger.RequestFailed(http.Request.Method, http.Request.Path, problem.Type, e);
            if (http.Response.HasStarted) throw;
            http.Response.Clear();
            await problem.ExecuteAsync(http);
        }
    }

    private ApiProblem? Refuse(HttpContext http, ApiRoles? allowed)
    {
        var request = http.Request;
        if (http.Features.Get<ApiCaller>() is { } known)
        {
            if (allowed is { } needed && needed != ApiRoles.None && (known.Roles & needed) == 0) return RoleMissing(known, needed);
        }
        else if (_authentication.AlwaysAsked || keys.Any)
        {
            if (allowed is not ApiRoles.None && Authenticate(http, allowed ?? ApiRoles.None) is { } refused) return refused;
        }
        else if (!RequestOrigin.IsLocal(request.Host))
        {
            return new ApiProblem(
                StatusCodes.Status421MisdirectedRequest, "foreign-host", "The request names another host.",
                "This host has no API keys, so it answers only as localhost, 127.0.0.1 or [::1]. Make a key with 'selfimprove keys add' to serve under other names.");
        }
        else if (!RequestOrigin.IsOwn(request))
        {
            return new ApiProblem(StatusCodes.Status403Forbidden, "foreign-origin", "The request comes from another origin.",
                "Web pages of other origins may not call this host.");
        }
        if (HasBody(request) && !IsTaken(request)) return ErrorProblem.Of(StatusCodes.Status415UnsupportedMediaType, null);
        return Names(http);
    }

    private ApiProblem? Authenticate(HttpContext http, ApiRoles allowed)
    {
        var given = KeyOf(http.Request);
        if (given.IsEmpty || keys.Find(given) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return new ApiProblem(
                StatusCodes.Status401Unauthorized, "unauthenticated", Missing(given.IsEmpty), HowToSend);
        }
        if (allowed != ApiRoles.None && (caller.Roles & allowed) == 0)
            return RoleMissing(caller, allowed);
        http.Features.Set(caller);
        return null;
    }

    private string HowToSend => _authentication.Tokens is null
        ? "Send 'Authorization: Bearer <key>'. The host's administrator makes keys with 'selfimprove keys add'."
        : "Send 'Authorization: Bearer <key or Entra access token>'; a token has to be of the host's tenant, for its audience, and not expired.";

    private string Missing(bool nothing) => (nothing, _authentication.Tokens is null) switch
    {
        (true, true) => "An API key is needed.",
        (false, true) => "The API key is not known.",
        (true, false) => "An API key or a token is needed.",
        (false, false) => "The API key is not known, or the token is not valid.",
    };

    private static string? TokenOf(HttpRequest request) => KeyOf(request) is var bearer && EntraTokens.IsToken(bearer) ? bearer.ToString() : null;

    private static ApiProblem RoleMissing(ApiCaller caller, ApiRoles allowed) =>
        new(StatusCodes.Status403Forbidden, "role-missing", "The key does not allow this.",
            $"'{caller.Name}' has none of the roles that may do this: {allowed.ToString().ToLowerInvariant()}.");

    private static ReadOnlySpan<char> KeyOf(HttpRequest request)
    {
        const string Bearer = "Bearer ";
        if (request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization.AsSpan(Bearer.Length).Trim();
        return request.Headers.TryGetValue("x-api-key", out var key) && key is [{ } only] ? only : default;
    }

    private static bool HasBody(HttpRequest request) => request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;

    private static bool IsTaken(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity") return false;
        var type = request.ContentType.AsSpan();
        var end = type.IndexOf(';');
        var media = (end < 0 ? type : type[..end]).Trim();
        foreach (var known in JsonTypes)
            if (media.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    // The one place where names in an address are judged: no handler sees another.
    private static ApiProblem? Names(HttpContext http)
    {
        foreach (var (name, value) in http.Request.RouteValues)
        {
            if (value is not string text) continue;
            var valid = name == "agent" ? StoragePath.IsName(text) : StoragePath.IsSegment(text);
            // A client that asks for a model of another maker (GPT-X) hears that there is none, as everywhere.
            if (!valid && name == "model") return GatewayProblems.UnknownModel(text);
            if (!valid)
                return new ApiProblem(
                    StatusCodes.Status400BadRequest, "invalid-name", "A name in the address is not allowed.",
                    $"'{ApiProblems.Short(text)}' can't be the name of {(name == "agent" ? "an agent" : $"a {name}")}: expected 1 to {StoragePath.MaxName} of a-z, 0-9 and '-'.");
        }
        return null;
    }
}
