using System.Net;
using SelfImprove.Api.Hosting;

namespace SelfImprove.Api.Tests.Hosting;

public sealed class AddressTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Healthz_IsOk()
    {
        using var response = await host.Http.GetAsync("healthz");

        (await ApiHost.JsonAsync(response)).GetProperty("status").GetString().ShouldBe("ok");
    }

    [Fact]
    public async Task OpenApi_HasEveryRoute()
    {
        using var response = await host.Http.GetAsync("openapi/v1.json");

        var paths = (await ApiHost.JsonAsync(response)).GetProperty("paths");
        foreach (var route in ApiRoutes.All)
        {
            paths.TryGetProperty(route.Pattern, out _).ShouldBeTrue(route.Pattern);
            paths.GetProperty(route.Pattern).GetProperty(route.Method.ToLowerInvariant()).GetProperty("summary").GetString().ShouldBe(route.Summary);
            paths.GetProperty(route.Pattern).GetProperty(route.Method.ToLowerInvariant()).TryGetProperty("requestBody", out _).ShouldBe(route.Body is not null, route.Pattern);
        }
    }

    [Theory]
    [InlineData("GET", "api/nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("DELETE", "api/agents", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    [InlineData("GET", "api/agents/nobody", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/..%2Fx", HttpStatusCode.BadRequest, "invalid-name")]
    [InlineData("GET", "api/agents/UPPER", HttpStatusCode.BadRequest, "invalid-name")]
    [InlineData("GET", "api/agents/nobody/signals", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/nobody/versions", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/nobody/routing", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/nobody/decisions", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/nobody/ledger", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/nobody/audit", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/nobody/audit/verify", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/nobody/improvements", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("POST", "api/agents/nobody/improvements", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("POST", "api/agents/nobody/rollback", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("POST", "api/agents/nobody/versions", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/agents/desk/requests/none", HttpStatusCode.NotFound, "unknown-request")]
    [InlineData("GET", "api/improvements/desk-0099", HttpStatusCode.NotFound, "unknown-run")]
    [InlineData("GET", "api/improvements/nonsense", HttpStatusCode.NotFound, "unknown-run")]
    [InlineData("POST", "api/improvements/desk-0099/cancel", HttpStatusCode.NotFound, "unknown-run")]
    [InlineData("GET", "api/inbox?agent=nobody", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/inbox?agent=..%2Fx", HttpStatusCode.NotFound, "unknown-agent")]
    [InlineData("GET", "api/inbox?state=closed", HttpStatusCode.BadRequest, "invalid-value")]
    [InlineData("GET", "api/inbox?limit=0", HttpStatusCode.BadRequest, "invalid-value")]
    [InlineData("GET", "api/inbox?limit=many", HttpStatusCode.BadRequest, "bad-request")]
    [InlineData("GET", "api/agents/desk/decisions?limit=0", HttpStatusCode.BadRequest, "invalid-value")]
    [InlineData("GET", "api/agents/desk/audit?limit=5000", HttpStatusCode.BadRequest, "invalid-value")]
    [InlineData("GET", "api/agents/desk/improvements?limit=-1", HttpStatusCode.BadRequest, "invalid-value")]
    public async Task Address_Wrong_GivesAProblemOfItsType(string method, string path, HttpStatusCode status, string type)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await host.Http.SendAsync(message);

        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await ApiHost.JsonAsync(response);
        problem.GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:" + type);
        problem.GetProperty("status").GetInt32().ShouldBe((int)status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("api/inbox/answers", "{}")]
    [InlineData("api/inbox/answers", "null")]
    [InlineData("api/inbox/answers", "{\"answers\":7}")]
    [InlineData("api/agents/desk/rollback", "{\"version\":7}")]
    [InlineData("api/agents/desk/rollback", "{\"verzion\":\"v1\"}")]
    [InlineData("api/agents/desk/improvements", "{\"kind\":\"king\"}")]
    [InlineData("api/agents/desk/versions", "{}")]
    [InlineData("api/improvements/desk-0001/approval", "{}")]
    [InlineData("api/improvements/desk-0001/approval", "{\"approved\":\"yes\"}")]
    public async Task Body_OfTheWrongForm_Gives400(string path, string body)
    {
        using var response = await host.PostAsync(path, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ApiHost.JsonAsync(response)).GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:malformed-body");
    }
}
