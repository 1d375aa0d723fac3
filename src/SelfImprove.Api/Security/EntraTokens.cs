using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using SelfImprove.Orchestration;

namespace SelfImprove.Api.Security;

/// <summary>
/// Checks Microsoft Entra access tokens: signature by a key of the tenant, issuer, audience and times. App roles named <c>ingest</c>, <c>operate</c> and
/// <c>approve</c> become roles of the API. The tenant's keys are read from its metadata, kept, and read again when they change.
/// </summary>
public sealed class EntraTokens
{
    private const int MaxLength = 16 * 1024;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);
    private readonly BaseConfigurationManager _metadata;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };
    private readonly TokenValidationParameters _parameters;

    /// <summary>Of one tenant.</summary>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="audiences">Who the token has to be for: the API's application id, its <c>api://</c> URI, or both.</param>
    /// <param name="metadata">Gives the tenant's OpenID Connect metadata with its keys.</param>
    /// <param name="clock">Judges times.</param>
    public EntraTokens(Guid tenant, IReadOnlyList<string> audiences, BaseConfigurationManager metadata, TimeProvider clock)
    {
        _metadata = metadata;
        _parameters = new TokenValidationParameters
        {
            ConfigurationManager = metadata,
            ValidIssuers = [$"https://login.microsoftonline.com/{tenant}/v2.0", $"https://sts.windows.net/{tenant}/"],
            ValidAudiences = audiences,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateIssuerSigningKey = true,
            LifetimeValidator = (from, until, _, _) =>
                clock.GetUtcNow().UtcDateTime is var now && until is { } end && now < end + Skew && (from is not { } begin || now > begin - Skew),
        };
    }

    /// <summary>Of one tenant, whose metadata is read over the network.</summary>
    public static EntraTokens Create(Guid tenant, IReadOnlyList<string> audiences, HttpClient http, TimeProvider clock) => new(
        tenant, audiences,
        new ConfigurationManager<OpenIdConnectConfiguration>(
            $"https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever(http)),
        clock);

    /// <summary>Whether a bearer value has the form of such a token: three parts. No API key has.</summary>
    public static bool IsToken(ReadOnlySpan<char> bearer) => bearer.Count('.') == 2;

    /// <summary>The caller of a token; null where the token is not valid.</summary>
    /// <exception cref="TransientException">The tenant's keys can't be read, so nobody can be told from anybody.</exception>
    public async Task<ApiCaller?> FindAsync(string token, CancellationToken cancellationToken = default)
    {
        if (token.Length > MaxLength) return null;
        try
        {
            // Asked for first: within the validation, a failure to get keys would look like a bad token.
            await _metadata.GetBaseConfigurationAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new TransientException("The keys of the Entra tenant can't be read for the moment, so no token can be checked. Try again.", e);
        }
        var result = await _handler.ValidateTokenAsync(token, _parameters);
        if (!result.IsValid) return null;
        var identity = result.ClaimsIdentity;
        var roles = identity.FindAll("roles").Aggregate(ApiRoles.None, (all, claim) => all | RoleOf(claim.Value));
        return NameOf(identity) is { } name ? new ApiCaller(name, roles) : null;
    }

    private static ApiRoles RoleOf(string role) => role switch
    {
        "ingest" => ApiRoles.Ingest,
        "operate" => ApiRoles.Operate,
        "approve" => ApiRoles.Approve,
        _ => ApiRoles.None,
    };

    // The object id tells who it is, for ever; what people recognise comes before it.
    private static string? NameOf(ClaimsIdentity identity)
    {
        string? Claim(string type) => identity.FindFirst(type)?.Value is { Length: > 0 } value ? value : null;
        if (Claim("oid") is not { } id) return null;
        var words = Claim("preferred_username") ?? Claim("upn") ?? ((Claim("azp") ?? Claim("appid")) is { } app ? $"app {app}" : null);
        return words is null ? id : $"{words} ({id})";
    }
}
