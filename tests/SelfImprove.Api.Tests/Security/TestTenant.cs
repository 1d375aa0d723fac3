using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using SelfImprove.Api.Security;

namespace SelfImprove.Api.Tests.Security;

/// <summary>A tenant with a key of its own making, whose tokens a test can forge in any way. Linked into the Functions host's tests too.</summary>
public sealed class TestTenant : IDisposable
{
    public const string Audience = "api://selfimprove";

    private readonly RSA _rsa = RSA.Create(2048);

    public Guid Id { get; } = new("7b0ad2f0-0000-4000-8000-000000000001");

    public DateTime Now { get; init; } = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc);

    public string Issuer => $"https://login.microsoftonline.com/{Id}/v2.0";

    public RsaSecurityKey Key => new(_rsa) { KeyId = "k1" };

    /// <summary>What checks its tokens.</summary>
    public EntraTokens Tokens(TimeProvider clock)
    {
        var metadata = new OpenIdConnectConfiguration { Issuer = Issuer };
        metadata.SigningKeys.Add(new RsaSecurityKey(_rsa.ExportParameters(includePrivateParameters: false)) { KeyId = "k1" });
        return new EntraTokens(Id, [Audience], new StaticConfigurationManager<OpenIdConnectConfiguration>(metadata), clock);
    }

    /// <summary>A good token.</summary>
    public string Token(params string[] roles) => Token(d => { }, roles);

    /// <summary>A token that something is wrong with.</summary>
    public string Token(Action<SecurityTokenDescriptor> change, params string[] roles)
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = Now,
            NotBefore = Now,
            Expires = Now.AddHours(1),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object> { ["oid"] = "11111111-2222", ["preferred_username"] = "ada@example.com", ["roles"] = roles },
        };
        change(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    public void Dispose() => _rsa.Dispose();
}
