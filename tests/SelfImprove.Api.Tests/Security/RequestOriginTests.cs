using System.Net;
using SelfImprove.Api.Tests.Hosting;

namespace SelfImprove.Api.Tests.Security;

public sealed class RequestOriginTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5080")]
    [InlineData("localhost.evil.example")]
    [InlineData("192.168.0.7")]
    public async Task Request_ForeignHost_IsRefused(string name)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "api/agents");
        message.Headers.Host = name;
        using var response = await host.Http.SendAsync(message);

        response.StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
        (await ApiHost.JsonAsync(response)).GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:foreign-host");
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:99")]
    [InlineData("[::1]")]
    public async Task Request_ThisMachine_IsServed(string name)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "api/agents");
        message.Headers.Host = name;
        using var response = await host.Http.SendAsync(message);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost:1")]
    [InlineData("file://")]
    public async Task Request_ForeignOrigin_IsRefused(string origin)
    {
        using var response = await host.PostAsync("api/agents/desk/rollback", "{}", headers: [("Origin", origin)]);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ApiHost.JsonAsync(response)).GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:foreign-origin");
    }

    [Fact]
    public async Task Request_OwnOrigin_IsServed()
    {
        using var response = await host.PostAsync("api/agents/desk/improvements", "{}", headers: [("Origin", host.Host.Url!)]);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }
}
