using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Http;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Tests.Models;
using SelfImprove.Durable;

namespace SelfImprove.Azure.Tests.Outbound;

public sealed class OutboundHttpTests : IAsyncLifetime
{
    private readonly VirtualClock _clock = new();
    private FakeModelServer _server = null!;

    public async Task InitializeAsync() => _server = (await FakeModelServer.StartAsync()).ReplyText("fine");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private OutboundHttp Http(HostLookup? lookup = null, params string[] allowPrivate) => new(
        new OutboundSettings { AllowPrivate = [.. allowPrivate.Select(Pattern)] }, _clock, lookup);

    private static HostPattern Pattern(string text)
    {
        HostPattern.TryParse(text, out var pattern).ShouldBeTrue();
        return pattern!;
    }

    private static HostLookup Resolves(params string[] addresses) => (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    private async Task<string> RefusalAsync(HttpClient client, string url)
    {
        using (client)
        {
            var refused = await Should.ThrowAsync<OutboundRefusedException>(() => client.GetAsync(url));
            _server.Seen.ShouldBeEmpty();
            return refused.Message;
        }
    }

    [Fact]
    public async Task Get_LoopbackUnlessAllowed_IsRefused() =>
        (await RefusalAsync(Http().CreateClient(OutboundRules.For(new Uri("https://127.0.0.1:4/"))), "https://127.0.0.1:4/")).ShouldContain("allowPrivate");

    [Theory]
    [InlineData("https://169.254.169.254/metadata/identity/oauth2/token")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://168.63.129.16/")]
    [InlineData("https://[fe80::1]/")]
    public async Task Get_MetadataAddress_IsRefusedEvenWherePrivateIsAllowed(string url) =>
        (await RefusalAsync(Http().CreateClient(OutboundRules.For(new Uri(url), allowPrivate: true)), url)).ShouldContain("Nothing is ever sent there");

    [Theory]
    [InlineData("10.0.0.8")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:192.168.0.1")]
    public async Task Get_NameThatResolvesWithin_IsRefused(string address)
    {
        const string Url = "https://innocent.example/";

        (await RefusalAsync(Http(Resolves(address)).CreateClient(OutboundRules.For(new Uri(Url))), Url)).ShouldContain("innocent.example resolves to");
    }

    [Fact]
    public async Task Get_NameThatResolvesBothWays_IsRefused() =>
        (await RefusalAsync(Http(Resolves("20.62.134.1", "10.0.0.8")).CreateClient(OutboundRules.For(new Uri("https://two.example/"))), "https://two.example/")).ShouldContain("10.0.0.8");

    [Fact]
    public async Task Get_PlainHttpToTheInternet_IsRefused()
    {
        var rules = OutboundRules.For(new Uri("http://open.example/"), allowPrivate: true);

        (await RefusalAsync(Http(Resolves("20.62.134.1")).CreateClient(rules), "http://open.example/")).ShouldContain("Use https");
    }

    [Fact]
    public async Task Get_NameChangesAfterTheCheck_GoesToTheCheckedAddress()
    {
        var asked = 0;
        HostLookup lookup = (_, _) => Task.FromResult(new[] { IPAddress.Parse(asked++ == 0 ? "127.0.0.1" : "169.254.169.254") });
        var url = new Uri($"http://rebinding.example:{_server.Url.Port}/");
        using var client = Http(lookup).CreateClient(OutboundRules.For(url, allowPrivate: true));

        (await client.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.OK);

        asked.ShouldBe(1);
    }

    [Fact]
    public async Task Get_AnotherHost_IsRefusedBeforeItIsLookedUp()
    {
        var rules = OutboundRules.For(new Uri("https://api.example.com/"));
        var http = Http((_, _) => throw new InvalidOperationException("looked up"));

        (await RefusalAsync(http.CreateClient(rules), "https://evil.example/")).ShouldContain("may reach api.example.com:443 only");
        (await RefusalAsync(http.CreateClient(rules), "https://api.example.com:444/")).ShouldContain("refused");
        (await RefusalAsync(http.CreateClient(rules), "https://user:word@api.example.com/")).ShouldNotContain("word");
        (await RefusalAsync(http.CreateClient(rules with { Hosts = [HostPattern.Of(new Uri("http://api.example.com/"))] }), "http://api.example.com/")).ShouldContain("use https");
    }

    [Fact]
    public async Task Get_Redirect_IsNotFollowed()
    {
        await using var other = await FakeModelServer.StartAsync();
        await using var redirecting = (await FakeModelServer.StartAsync()).ReplyError(302, headers: ("location", other.Url.ToString()));
        using var client = Http().CreateClient(OutboundRules.For(redirecting.Url, allowPrivate: true));

        (await client.GetAsync(redirecting.Url)).StatusCode.ShouldBe(HttpStatusCode.Found);

        other.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_Cookies_AreNotKept()
    {
        await using var server = (await FakeModelServer.StartAsync()).ReplyText("fine", ("set-cookie", "id=1"));
        using var client = Http(null, server.Url.Authority).CreateClient(OutboundRules.For(server.Url));
        await client.GetAsync(server.Url);

        await client.GetAsync(server.Url);

        server.Seen.ShouldAllBe(s => !s.Headers.ContainsKey("cookie") && !s.Headers.ContainsKey("traceparent"));
        server.Seen.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_LargerThanTheBound_IsRefused(bool saysSo)
    {
        await using var server = (await FakeModelServer.StartAsync()).Reply(async c =>
        {
            if (saysSo) c.Response.ContentLength = 3000;
            for (var i = 0; i < 3; i++)
            {
                await c.Response.WriteAsync(new string('x', 1000));
                await c.Response.Body.FlushAsync();
            }
        });
        using var client = Http().CreateClient(OutboundRules.For(server.Url, allowPrivate: true) with { MaxResponseBytes = 2500 });

        (await Should.ThrowAsync<AnswerTooLargeException>(() => client.GetStringAsync(server.Url))).Message.ShouldContain("2500 bytes");
    }

    [Fact]
    public async Task Get_BodyThatTrickles_IsGivenUpAtTheBound()
    {
        await using var server = (await FakeModelServer.StartAsync()).Reply(async c =>
        {
            await c.Response.WriteAsync("x");
            await c.Response.Body.FlushAsync();
            await FakeModelServer.NeverAsync(c);
        });
        using var client = Http().CreateClient(OutboundRules.For(server.Url, allowPrivate: true) with { Timeout = TimeSpan.FromSeconds(40) });
        using var response = await client.GetAsync(server.Url, HttpCompletionOption.ResponseHeadersRead);
        var reading = response.Content.ReadAsStringAsync();
        _clock.Advance(TimeSpan.FromSeconds(40));

        var failure = await Should.ThrowAsync<Exception>(() => reading);

        (failure as IOException ?? failure.InnerException as IOException).ShouldNotBeNull().Message.ShouldContain("00:00:40");
    }

    [Fact]
    public async Task Get_NoAnswer_IsGivenUpAtTheBound()
    {
        await using var server = (await FakeModelServer.StartAsync()).Reply(FakeModelServer.NeverAsync);
        using var client = Http().CreateClient(OutboundRules.For(server.Url, allowPrivate: true));
        var arrival = server.ArrivalAsync();
        var asking = client.GetAsync(server.Url);
        await arrival;
        _clock.Advance(TimeSpan.FromMinutes(10));

        (await Should.ThrowAsync<HttpRequestException>(() => asking)).Message.ShouldContain("gave no answer within 00:10:00");
    }

    [Fact]
    public void Send_Synchronously_KeepsTheRulesToo()
    {
        using var client = Http().CreateClient(OutboundRules.For(_server.Url, allowPrivate: true) with { MaxResponseBytes = 100 });

        Should.Throw<OutboundRefusedException>(() => client.Send(new HttpRequestMessage(HttpMethod.Get, "https://evil.example/")));
        Should.Throw<AnswerTooLargeException>(() => client.Send(new HttpRequestMessage(HttpMethod.Get, _server.Url)));
    }

    [Fact]
    public async Task AzureTransport_OfAnAzureClient_KeepsTheRules()
    {
        var options = new Plain { Transport = Http().CreateAzureTransport(OutboundRules.For(_server.Url, allowPrivate: true)) };
        var pipeline = HttpPipelineBuilder.Build(options);

        (await SendAsync(pipeline, _server.Url)).Status.ShouldBe(200);
        await Should.ThrowAsync<OutboundRefusedException>(() => SendAsync(pipeline, new Uri("https://evil.example/")));
    }

    private static async Task<global::Azure.Response> SendAsync(HttpPipeline pipeline, Uri url)
    {
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Get;
        message.Request.Uri.Reset(url);
        await pipeline.SendAsync(message, CancellationToken.None);
        return message.Response;
    }

    private sealed class Plain : ClientOptions;
}
