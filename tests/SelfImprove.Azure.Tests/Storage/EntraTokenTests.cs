using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using SelfImprove.Azure.Storage;
using SelfImprove.Storage;
using SelfImprove.Testing;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>Entra ID tokens, against Azurite over https, which checks a token's audience, issuer and lifetime.</summary>
public sealed class EntraTokenTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private Azurite _azurite = null!;

    public async Task InitializeAsync()
    {
        using var key = RSA.Create(2048);
        var now = DateTimeOffset.UtcNow;
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (cert, pem) = (Path.Combine(_folder.Path, "cert.pem"), Path.Combine(_folder.Path, "key.pem"));
        await File.WriteAllTextAsync(cert, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(pem, key.ExportPkcs8PrivateKeyPem());
        _azurite = Azurite.With("--oauth", "basic", "--cert", cert, "--key", pem);
        await _azurite.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _azurite.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AnyCall_TokenThatExpires_IsGotAnewAndTheScopeIsStorage()
    {
        var credential = new Tokens(lifetimes: [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(1)]);
        using var store = Open(credential);
        await store.WriteAsync("a/x", "1"u8.ToArray());
        await store.WriteAsync("a/x", "2"u8.ToArray());
        await store.WriteAsync("a/x", "3"u8.ToArray());
        Encoding.UTF8.GetString((await store.ReadAsync("a/x"))!.Bytes.Span).ShouldBe("3");

        credential.Asked.ShouldBe(3); // the third holds for an hour
        credential.Scopes.ShouldBe(["https://storage.azure.com/.default"]);
    }

    [Fact]
    public async Task AnyCall_NoTokenToBeGot_SaysWhatToDo()
    {
        using var store = Open(new Tokens([]));
        var none = await Should.ThrowAsync<StorageException>(() => store.OpenAsync());
        none.Message.ShouldContain("There is no Entra ID token");
        none.Message.ShouldContain("az login");
    }

    [Fact]
    public async Task AnyCall_TokenRefused_SaysWhatToDo()
    {
        using var store = Open(new Tokens([TimeSpan.FromHours(1)], audience: "https://elsewhere.example"));
        (await Should.ThrowAsync<StorageException>(() => store.OpenAsync())).Message.ShouldContain("it refuses the Entra ID token");
    }

    // The setting allows the service's own hosts only; the connection is led to Azurite.
    private AzureBlobStore Open(TokenCredential credential)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
            ConnectCallback = async (_, stop) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(System.Net.IPAddress.Loopback, _azurite.Port, stop);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });
        var options = new BlobStoreOptions { Transport = new HttpClientTransport(client) };
        var settings = BlobStoreSettings.Parse($"azure:https://{Azurite.Account}.blob.core.windows.net/{Azurite.NewContainer()}", _ => null);
        return new AzureBlobStore(settings, credential, options);
    }

    private sealed class Tokens(TimeSpan[] lifetimes, string audience = "https://storage.azure.com") : TokenCredential
    {
        public int Asked { get; private set; }

        public HashSet<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.UnionWith(requestContext.Scopes);
            if (Asked >= lifetimes.Length) throw new CredentialUnavailableException("Nobody is signed in.");
            var now = DateTimeOffset.UtcNow;
            // What Azurite checks holds for longer than what the client is told: the client alone decides when it asks anew.
            var claims = new { aud = audience, iss = "https://sts.windows.net/tenant/", iat = now.ToUnixTimeSeconds() - 60, nbf = now.ToUnixTimeSeconds() - 60, exp = now.ToUnixTimeSeconds() + 3600, n = ++Asked };
            return new AccessToken($"{Part(new { alg = "none", typ = "JWT" })}.{Part(claims)}.x", now + lifetimes[Asked - 1]);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));

        private static string Part(object value) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(value)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
