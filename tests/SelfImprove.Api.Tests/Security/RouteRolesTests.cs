using System.Net;
using System.Net.Http.Headers;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;
using SelfImprove.Api.Tests.Hosting;

namespace SelfImprove.Api.Tests.Security;

public sealed class RouteRolesTests : IClassFixture<RouteRolesTests.KeyedHost>
{
    private readonly KeyedHost _host;

    public RouteRolesTests(KeyedHost host) => _host = host;

    public static TheoryData<string> Names => [.. ApiRoutes.All.Select(r => r.Name)];

    /// <summary>Who may do what, said a second time: a slip in the table of routes must not pass unseen.</summary>
    private static ApiRoles Expected(ApiRoute route) => (route.Method, route.Pattern) switch
    {
        ("GET", "/healthz") => ApiRoles.None,
        ("POST", "/v1/chat/completions") => ApiRoles.Ingest,
        ("GET", "/v1/models" or "/v1/models/{model}") => ApiRoles.All,
        ("POST", "/api/agents/{agent}/interactions" or "/api/agents/{agent}/feedback" or "/api/agents/{agent}/events") => ApiRoles.Ingest,
        ("POST", "/api/agents/{agent}/improvements") => ApiRoles.Ingest | ApiRoles.Operate,
        ("POST", "/api/improvements/{run}/approval") => ApiRoles.Approve,
        ("POST", "/api/inbox/answers" or "/api/inbox/{agent}/{task}/answer") => ApiRoles.Operate | ApiRoles.Approve,
        ("GET", _) => ApiRoles.Operate | ApiRoles.Approve,
        _ => ApiRoles.Operate,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Route_EveryRole_IsLetInOrRefused(string name)
    {
        var route = ApiRoutes.All.Single(r => r.Name == name);
        route.Roles.ShouldBe(Expected(route));

        (await StatusAsync(route, null)).ShouldBe(route.Roles == ApiRoles.None ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        if (route.Roles == ApiRoles.None) return;
        (await StatusAsync(route, "si_0000000000000000000000000000000000000000000000000000000000000000")).ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var (role, key) in _host.Keys)
        {
            var status = await StatusAsync(route, key);
            if ((route.Roles & role) == 0) status.ShouldBe(HttpStatusCode.Forbidden, $"{role}");
            else status.ShouldNotBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.InternalServerError);
        }
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/nothing/here")]
    public async Task OtherAddress_WithoutAKey_Gives401(string path)
    {
        using var response = await _host.Http.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Key_InTheOtherHeader_IsTaken()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "api/agents");
        message.Headers.Add("x-api-key", _host.Keys[ApiRoles.Operate]);
        using var response = await _host.Http.SendAsync(message);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Improvement_ByAnIngestKey_IsAnAgentsWish()
    {
        using var message = Message(ApiRoutes.All.Single(r => r.Name == "RequestImprovement"), _host.Keys[ApiRoles.Ingest], """{"by":"admin","kind":"person"}""");
        using var response = await _host.Http.SendAsync(message);

        var by = (await ApiHost.JsonAsync(response)).GetProperty("by");
        (by.GetProperty("kind").GetString(), by.GetProperty("name").GetString()).ShouldBe(("agent", "key-ingest"));
    }

    private static HttpRequestMessage Message(ApiRoute route, string? key, string? body = null)
    {
        var path = route.Pattern.Replace("{agent}", "desk", StringComparison.Ordinal).Replace("{run}", "desk-0001", StringComparison.Ordinal)
            .Replace("{task}", "t", StringComparison.Ordinal).Replace("{request}", "r", StringComparison.Ordinal);
        var message = new HttpRequestMessage(new HttpMethod(route.Method), path);
        if (route.Method != "GET") message.Content = new StringContent(body ?? "{}", MediaTypeHeaderValue.Parse("application/json"));
        if (key is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return message;
    }

    private async Task<HttpStatusCode> StatusAsync(ApiRoute route, string? key)
    {
        using var message = Message(route, key);
        using var response = await _host.Http.SendAsync(message);
        return response.StatusCode;
    }

    /// <summary>A host with a key per role.</summary>
    public sealed class KeyedHost : IAsyncLifetime
    {
        private readonly ApiHost _host = new();

        public HttpClient Http => _host.Http;

        public Dictionary<ApiRoles, string> Keys { get; } = [];

        public async Task InitializeAsync()
        {
            await _host.InitializeAsync();
            foreach (var role in new[] { ApiRoles.Ingest, ApiRoles.Operate, ApiRoles.Approve }) Keys[role] = _host.Get<ApiKeyFile>().Add($"key-{role}".ToLowerInvariant(), role);
        }

        public Task DisposeAsync() => _host.DisposeAsync();
    }
}
