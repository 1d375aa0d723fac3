using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Azure.Arm;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>
/// Azure Resource Manager as far as the product can see, on a loopback port of its own: HTTPS (bearer tokens go nowhere else), token, api-version and required
/// members enforced, 201, 202, Location and Azure-AsyncOperation as recorded from the real service, faults on demand. What there is beside that comes from
/// modules.
/// </summary>
public sealed class FakeArm : IAsyncDisposable
{
    private static readonly X509Certificate2 Certificate = SelfSigned();

    private readonly ConcurrentQueue<FakeArmFault> _faults = new();
    private WebApplication? _app;

    private FakeArm(TimeProvider clock)
    {
        Clock = clock;
        Tokens = new FakeArmTokens(clock);
        Operations = new FakeArmOperations(this);
    }

    public TimeProvider Clock { get; }

    public FakeArmTokens Tokens { get; }

    public FakeArmOperations Operations { get; }

    /// <summary>Resources by id, in lower case.</summary>
    public ConcurrentDictionary<string, JsonObject> Resources { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every call that reached the fake: "PUT /subscriptions/...", refused ones too.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public Uri Endpoint { get; private set; } = null!;

    /// <summary>A client's transport that trusts this fake alone.</summary>
    public static HttpPipelineTransport Transport { get; } = new HttpClientTransport(new HttpClientHandler
    {
        AllowAutoRedirect = false,
        ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Thumbprint == Certificate.Thumbprint,
    });

    /// <summary>Starts one.</summary>
    /// <param name="clock">Its time; the machine's where null.</param>
    /// <param name="modules">The resource providers it has.</param>
    public static async Task<FakeArm> StartAsync(TimeProvider? clock, params IFakeArmModule[] modules)
    {
        var arm = new FakeArm(clock ?? TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate)));
        var app = builder.Build();
        app.Use(arm.HandleAsync);
        app.UseRouting();
        app.MapGet("/subscriptions/{s}/providers/{p}/locations/{l}/mfeOperationsStatus/{id}", async (HttpContext http, string id) =>
            await (http.Request.Query.ContainsKey("api-version") ? arm.Operations.Look(http.Request.Path, id)
                : FakeArmAnswer.Error(400, "MissingApiVersionParameter", "The api-version is required.")).WriteAsync(http, arm));
        var routes = new FakeArmRoutes(app, arm);
        foreach (var module in modules) module.Map(routes);
        app.MapFallback(async (HttpContext http) =>
            await FakeArmAnswer.Error(404, "InvalidResourceType", $"The fake has no route for {http.Request.Method} {http.Request.Path}.").WriteAsync(http,
            arm));
        await app.StartAsync();
        arm._app = app;
        arm.Endpoint = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return arm;
    }

    /// <summary>A product client of this fake, quick to repeat.</summary>
    public ArmResources Client(TimeSpan? timeout = null) =>
        new(Settings with { Timeout = timeout ?? TimeSpan.FromSeconds(30) }, Tokens, Clock, Transport);

    /// <summary>Settings that lead here.</summary>
    public ArmSettings Settings => new() { Endpoint = Endpoint, RetryDelay = TimeSpan.FromMilliseconds(1) };

    public string UrlOf(string path) => new Uri(Endpoint, path).AbsoluteUri;

    /// <summary>The next fitting calls meet these, each once, in order.</summary>
    public void Fail(FakeArmFault fault, int times = 1)
    {
        for (var i = 0; i < times; i++) _faults.Enqueue(fault);
    }

    /// <summary>Whether a fault has not been met yet.</summary>
    public bool HasFaults => !_faults.IsEmpty;

    /// <summary>Nothing fails any more.</summary>
    public void Mend() => _faults.Clear();

    /// <summary>How many calls of a method had this in their path.</summary>
    public int Count(string method, string path) =>
        Calls.Count(c => c.StartsWith(method + " ", StringComparison.Ordinal) && c.Contains(path, StringComparison.OrdinalIgnoreCase));

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        http.Request.EnableBuffering();
        Calls.Enqueue($"{http.Request.Method} {http.Request.Path}");
        Operations.Settle();
        if (!Tokens.Accepts(http.Request.Headers.Authorization))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer authorization_uri=\"https://login.microsoftonline.com/common\", error=\"invalid_token\"";
            await FakeArmAnswer.Error(401, "ExpiredAuthenticationToken", "The access token expiry is earlier than the current time.").WriteAsync(http, this);
            return;
        }
        var fault = TakeFault(http.Request);
        if (fault is null)
        {
            await next(http);
            return;
        }
        fault.Then?.Invoke();
        if (fault.TakesEffect)
        {
            var answer = http.Response.Body;
            http.Response.Body = Stream.Null;
            await next(http);
            http.Response.Body = answer;
        }
        if (fault.Answer is null)
        {
            http.Abort();
            return;
        }
        http.Response.Headers.Clear();
        await fault.Answer.WriteAsync(http, this);
    }

    private FakeArmFault? TakeFault(HttpRequest request)
    {
        lock (_faults)
        {
            var waiting = _faults.ToList();
            var hit = waiting.FirstOrDefault(f => (f.Method is null || f.Method == request.Method)
                && (f.Path is null || request.Path.Value!.Contains(f.Path, StringComparison.OrdinalIgnoreCase)));
            if (hit is null) return null;
            waiting.Remove(hit);
            _faults.Clear();
            foreach (var fault in waiting) _faults.Enqueue(fault);
            return hit;
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=fake-arm", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
