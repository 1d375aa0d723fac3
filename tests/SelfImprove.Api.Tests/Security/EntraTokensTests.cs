using System.Security.Cryptography;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using SelfImprove.Api.Security;
using SelfImprove.Durable;
using SelfImprove.Orchestration;

namespace SelfImprove.Api.Tests.Security;

public sealed class EntraTokensTests : IDisposable
{
    private readonly TestTenant _tenant = new();
    private readonly VirtualClock _clock = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    public void Dispose() => _tenant.Dispose();

    [Fact]
    public async Task Find_GoodToken_GivesNameAndRoles()
    {
        var caller = await FindAsync(_tenant.Token("ingest", "approve", "somethingelse"));

        caller.ShouldBe(new ApiCaller("ada@example.com (11111111-2222)", ApiRoles.Ingest | ApiRoles.Approve));
    }

    [Fact]
    public async Task Find_AnApplicationsToken_IsNamedAfterIt() =>
        (await FindAsync(_tenant.Token(t => t.Claims = new Dictionary<string, object> { ["oid"] = "o", ["azp"] = "a", ["roles"] = "operate" })))
            .ShouldBe(new ApiCaller("app a (o)", ApiRoles.Operate));

    [Fact]
    public async Task Find_TokenOfTheOlderForm_IsTaken() =>
        (await FindAsync(_tenant.Token(t => t.Issuer = $"https://sts.windows.net/{_tenant.Id}/", "operate")))!.Roles.ShouldBe(ApiRoles.Operate);

    [Fact]
    public async Task Find_TokenWithoutOurRoles_MayDoNothing() => (await FindAsync(_tenant.Token()))!.Roles.ShouldBe(ApiRoles.None);

    public static TheoryData<string> Forgeries => ["key", "unsigned", "symmetric", "issuer", "audience", "expired", "early", "endless", "nobody", "cut", "changed", "long"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Find_BadToken_GivesNobody(string forgery)
    {
        using var other = RSA.Create(2048);
        var token = forgery switch
        {
            "key" => _tenant.Token(t => t.SigningCredentials = new SigningCredentials(new RsaSecurityKey(other) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256), "operate"),
            "unsigned" => _tenant.Token(t => t.SigningCredentials = null, "operate"),
            // The public key taken for a shared secret: a well-known confusion.
            "symmetric" => _tenant.Token(
                t => t.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(_tenant.Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = "k1" }, SecurityAlgorithms.HmacSha256), "operate"),
            "issuer" => _tenant.Token(t => t.Issuer = "https://login.microsoftonline.com/7b0ad2f0-0000-4000-8000-000000000002/v2.0", "operate"),
            "audience" => _tenant.Token(t => t.Audience = "api://another", "operate"),
            "expired" => _tenant.Token(t => (t.NotBefore, t.Expires) = (_tenant.Now.AddHours(-2), _tenant.Now.AddMinutes(-3)), "operate"),
            "early" => _tenant.Token(t => t.NotBefore = _tenant.Now.AddMinutes(3), "operate"),
            "endless" => _tenant.Token(t => t.Expires = null, "operate"),
            "nobody" => _tenant.Token(t => t.Claims!.Remove("oid"), "operate"),
            "cut" => _tenant.Token("operate")[..^5],
            "changed" => Changed(_tenant.Token("ingest")),
            _ => _tenant.Token(t => t.Claims!["padding"] = new string('x', 20_000), "operate"),
        };

        (await FindAsync(token)).ShouldBeNull();
    }

    [Fact]
    public async Task Find_TokenInTime_IsTakenUntilItExpires()
    {
        var (token, tokens) = (_tenant.Token("operate"), _tenant.Tokens(_clock));
        _clock.Advance(TimeSpan.FromMinutes(61));
        (await tokens.FindAsync(token)).ShouldNotBeNull("clocks differ by up to two minutes");
        _clock.Advance(TimeSpan.FromMinutes(2));
        (await tokens.FindAsync(token)).ShouldBeNull();
    }

    [Fact]
    public async Task Find_TenantsKeysUnreachable_IsTransient()
    {
        var tokens = new EntraTokens(
            _tenant.Id, [TestTenant.Audience],
            new ConfigurationManager<OpenIdConnectConfiguration>("https://login.example/", new OpenIdConnectConfigurationRetriever(), new NoDocuments()), _clock);

        await Should.ThrowAsync<TransientException>(() => tokens.FindAsync(_tenant.Token("operate")));
    }

    [Theory]
    [InlineData("si_00ff", false)]
    [InlineData("a.b", false)]
    [InlineData("a.b.c", true)]
    public void IsToken_ThreeParts_IsOne(string bearer, bool expected) => EntraTokens.IsToken(bearer).ShouldBe(expected);

    private Task<ApiCaller?> FindAsync(string token) => _tenant.Tokens(_clock).FindAsync(token);

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var body = System.Text.Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1])).Replace("ingest", "operate", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(body)}.{parts[2]}";
    }

    private sealed class NoDocuments : IDocumentRetriever
    {
        public Task<string> GetDocumentAsync(string address, CancellationToken cancel) => throw new IOException("no route to host");
    }
}
