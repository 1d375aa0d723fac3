using Azure.Core;
using SelfImprove.Azure.Models;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Secrets;
using SelfImprove.Azure.Tests.Models;
using SelfImprove.Models;
using SelfImprove.Testing;
using Microsoft.Extensions.DependencyInjection;
using System.Net;

namespace SelfImprove.Azure.Tests.Secrets;

public sealed class SecretLeakTests
{
    [Fact]
    public async Task Answer_ServerRepeatsTheKey_IsInNoMessageAndNoLog()
    {
        await using var world = await EndpointWorld.StartAsync();
        foreach (var status in (int[])[401, 400, 404, 500, 503])
            world.Server.ReplyError(status, "code-" + EndpointWorld.Key, $"Incorrect API key provided: {EndpointWorld.Key} (Bearer {EndpointWorld.Key}, sk-abc***xyz)");
        var told = new List<string>();

        for (var i = 0; i < 4; i++)
        {
            try
            {
                await world.AskAsync();
            }
            catch (Exception e)
            {
                told.Add(e.ToString());
            }
        }

        told.Count.ShouldBe(4);
        string.Join('\n', told.Concat(world.Log.Lines)).ShouldSatisfyAllConditions(t => t.ShouldNotContain(EndpointWorld.Key), t => t.ShouldNotContain("sk-abc"));
        world.Log.Lines.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Answer_Redirected_KeyStaysWithItsHost()
    {
        await using var thief = await FakeModelServer.StartAsync();
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyError(307, headers: ("location", thief.Url + "chat/completions"));

        (await Should.ThrowAsync<UnusableModelException>(() => world.AskAsync())).Message.ShouldContain(thief.Url.Authority);

        thief.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_AskedForAnotherHost_SendsNothing()
    {
        await using var thief = await FakeModelServer.StartAsync();
        await using var world = await EndpointWorld.StartAsync();
        var pipeline = world.Endpoints.Client("main").Pipeline;
        using var message = pipeline.CreateMessage();
        (message.Request.Uri, message.Request.Method) = (thief.Url, "GET");

        await Should.ThrowAsync<SecretRefusedException>(async () => await pipeline.SendAsync(message));

        thief.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_WithoutKeyAskedForAnotherHost_SendsNothing()
    {
        await using var thief = await FakeModelServer.StartAsync();
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:auth", "none"), ("models:endpoints:main:secret", null));
        var pipeline = world.Endpoints.Client("main").Pipeline;
        using var message = pipeline.CreateMessage();
        (message.Request.Uri, message.Request.Method) = (thief.Url, "GET");

        await Should.ThrowAsync<OutboundRefusedException>(async () => await pipeline.SendAsync(message));

        thief.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answer_ApiKeyStyle_UsesThatHeaderAlone()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:auth", "api-key"));
        world.Server.ReplyText("fine");

        await world.AskAsync();

        var headers = world.Server.Seen.Single().Headers;
        headers["api-key"].ShouldBe(EndpointWorld.Key);
        headers.Keys.ShouldNotContain("Authorization");
    }

    [Fact]
    public async Task Answer_TwoEndpoints_EachGetsItsOwnKey()
    {
        await using var other = (await FakeModelServer.StartAsync()).ReplyText("other");
        await using var world = await EndpointWorld.StartAsync(
            ("keys:other", "other-key-1"), ("secrets:other-key:setting", "keys:other"), ("secrets:other-key:hosts:0", other.Url.Authority),
            ("models:endpoints:other:url", other.Url.ToString()), ("models:endpoints:other:auth", "bearer"), ("models:endpoints:other:secret", "other-key"),
            ("models:endpoints:other:allowPrivate", "true"));
        world.Server.ReplyText("main");

        await world.AskAsync();
        await (await world.OpenAsync("openai:other/m")).AnswerAsync(new ModelRequest([ChatMessage.User("hello")]));

        world.Server.Seen.Single().Headers["Authorization"].ShouldBe("Bearer " + EndpointWorld.Key);
        other.Seen.Single().Headers["Authorization"].ShouldBe("Bearer other-key-1");
    }

    [Fact]
    public async Task EntraToken_EndpointMovesOutOfReach_IsNotEvenAskedFor()
    {
        var credential = new CountingCredential();
        await using var services = EndpointWorld.ServicesOf(
            [new("models:endpoints:azure:url", "https://x.openai.azure.com/openai/v1/"), new("models:endpoints:azure:auth", "entra")],
            new HurriedClock(TimeSpan.FromSeconds(59)), new CollectingLogger(), (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.0.0.4") }), credential);
        var endpoints = services.GetRequiredService<ModelEndpoints>();
        var pipeline = endpoints.Client("azure").Pipeline;
        using var message = pipeline.CreateMessage();
        (message.Request.Uri, message.Request.Method) = (new Uri("https://x.openai.azure.com.evil.example/"), "GET");

        (await Should.ThrowAsync<SecretRefusedException>(async () => await pipeline.SendAsync(message))).Message.ShouldContain("*.openai.azure.com");
        credential.Scopes.ShouldBeEmpty();

        // To its own host it is asked for, with the scope of Azure's endpoints; the connection to a private address is refused still.
        (await Should.ThrowAsync<UnusableModelException>(() => endpoints.Chat("azure", "m").AnswerAsync(new ModelRequest([ChatMessage.User("hello")])))).Message.ShouldContain("allowPrivate");
        credential.Scopes.ShouldBe(["https://ai.azure.com/.default"]);
    }

    [Fact]
    public async Task EntraToken_OnlineEndpoint_IsAskedForWithItsOwnScope()
    {
        var credential = new CountingCredential();
        await using var services = EndpointWorld.ServicesOf(
            [
                new("models:endpoints:ml:url", "https://si-desk.eastus2.inference.ml.azure.com/v1/"), new("models:endpoints:ml:auth", "entra"),
                new("models:endpoints:ml:scope", "https://ml.azure.com/.default"),
            ],
            new HurriedClock(TimeSpan.FromSeconds(59)), new CollectingLogger(), (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.0.0.4") }), credential);

        await Should.ThrowAsync<UnusableModelException>(() => services.GetRequiredService<ModelEndpoints>().Chat("ml", "v2").AnswerAsync(new ModelRequest([ChatMessage.User("hello")])));

        credential.Scopes.ShouldBe(["https://ml.azure.com/.default"]);
    }

    [Fact]
    public async Task EntraToken_ExpiresInTheMiddle_ANewOneIsUsed()
    {
        var credential = new CountingCredential();
        await using var services = EndpointWorld.ServicesOf(
            [new("models:endpoints:azure:url", "https://x.openai.azure.com/openai/v1/"), new("models:endpoints:azure:auth", "entra"), new("models:endpoints:azure:limits:attempts", "1")],
            new HurriedClock(TimeSpan.FromSeconds(59)), new CollectingLogger(), (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.0.0.4") }), credential);
        var model = services.GetRequiredService<ModelEndpoints>().Chat("azure", "m");

        for (var i = 1; i <= 3; i++)
        {
            await Should.ThrowAsync<UnusableModelException>(() => model.AnswerAsync(new ModelRequest([ChatMessage.User("hello")])));
            credential.Scopes.Count.ShouldBe(i, "each token is past its end when the next request comes");
        }
    }

    [Fact]
    public async Task EntraToken_NoIdentity_SaysHowToGetOne()
    {
        var credential = new CountingCredential { Failure = new global::Azure.Identity.CredentialUnavailableException("no") };
        await using var services = EndpointWorld.ServicesOf(
            [new("models:endpoints:azure:url", "https://x.openai.azure.com/openai/v1/"), new("models:endpoints:azure:auth", "entra")],
            new HurriedClock(TimeSpan.FromSeconds(59)), new CollectingLogger(), null, credential);

        (await Should.ThrowAsync<UnusableModelException>(() => services.GetRequiredService<ModelEndpoints>().Chat("azure", "m")
            .AnswerAsync(new ModelRequest([ChatMessage.User("hello")])))).Message.ShouldContain("az login");
    }

    private sealed class CountingCredential : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public Exception? Failure { get; init; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            if (Failure is not null) throw Failure;
            Scopes.AddRange(requestContext.Scopes);
            return new AccessToken("token-" + Scopes.Count, DateTimeOffset.UtcNow.AddMinutes(-1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
