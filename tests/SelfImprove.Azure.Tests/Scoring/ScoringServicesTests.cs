using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Models;
using SelfImprove.Azure.Settings;
using SelfImprove.Azure.Tests.Models;
using SelfImprove.Evaluation.Scoring.Services;
using SelfImprove.Models;
using SelfImprove.Orchestration;

namespace SelfImprove.Azure.Tests.Scoring;

public sealed class ScoringServicesTests
{
    private static readonly ScoringQuestion[] Questions =
    [
        new("item-0-a", [ChatMessage.User("where is my bill")], new AgentOutput("billing"), new AgentOutput("billing")),
        new("item-0-b", [ChatMessage.User("where is my bill")], null, new AgentOutput(ToolCalls: [new ToolCall("find", """{"n":1}""")])),
    ];

    [Fact]
    public async Task Score_Answers_ArePostedWithTheKeyAndScoredWhateverTheOrder()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Reply(c => FakeModelServer.JsonAsync(c.Response, 200, """{"scores":[{"id":"item-0-b","score":1},{"id":"item-0-a","score":0.25}]}"""));
        await using var services = Services(server.Url);

        (await services.GetRequiredService<IScoringService>().ScoreAsync("own", Questions)).ShouldBe([0.25, 1]);

        var seen = server.Seen.ShouldHaveSingleItem();
        (seen.Method, seen.Path, seen.Headers["Authorization"]).ShouldBe(("POST", "/v1/score", "Bearer key-of-the-tests"));
        var items = seen.Json["items"]!.AsArray();
        items[0]!["expected"]!["text"]!.GetValue<string>().ShouldBe("billing");
        items[1]!["answer"]!["toolCalls"]![0]!["name"]!.GetValue<string>().ShouldBe("find");
        items[1]!.AsObject().ContainsKey("expected").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"scores":[{"id":"item-0-a","score":0.25}]}""", "no score of 'item-0-b'")]
    [InlineData("""{"scores":[{"id":"item-0-a","score":1.5},{"id":"item-0-b","score":1}]}""", "the score 1.5 of 'item-0-a'")]
    [InlineData("""{"scores":[{"id":"item-0-a","score":null},{"id":"item-0-b","score":1}]}""", "of 'item-0-a'")]
    [InlineData("""{"scores":[{"id":"item-0-a","score":0},{"id":"item-0-a","score":1}]}""", "the id 'item-0-a' twice")]
    [InlineData("""{"scores":[null]}""", "no such JSON")]
    [InlineData("[0.25, 1]", "no such JSON")]
    [InlineData("fine!", "no such JSON")]
    public async Task Score_AnotherAnswer_IsRefusedWithWhatWasExpected(string answer, string expected)
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Reply(c => FakeModelServer.JsonAsync(c.Response, 200, answer));
        await using var services = Services(server.Url);

        var wrong = await Should.ThrowAsync<InvalidDataException>(() => services.GetRequiredService<IScoringService>().ScoreAsync("own", Questions));
        wrong.Message.ShouldContain(expected);
        wrong.Message.ShouldContain("expected {\"scores\":");
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(400, false)]
    [InlineData(302, false)]
    public async Task Score_Failure_IsTransientOrNotAndQuotesNoKey(int status, bool transient)
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Reply(c =>
        {
            if (status == 302) c.Response.Headers.Location = "http://169.254.169.254/";
            return FakeModelServer.JsonAsync(c.Response, status, "no, key-of-the-tests is wrong");
        });
        await using var services = Services(server.Url);

        var failure = await Should.ThrowAsync<Exception>(() => services.GetRequiredService<IScoringService>().ScoreAsync("own", Questions));
        (failure is TransientException).ShouldBe(transient, failure.ToString());
        failure.Message.ShouldContain($"answered {status}");
        failure.Message.ShouldNotContain("key-of-the-tests");
        server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Score_NotReachable_IsTransientAndPrivateWithoutLeaveIsNot()
    {
        await using var gone = Services(new Uri("http://127.0.0.1:1/"));
        await Should.ThrowAsync<TransientException>(() => gone.GetRequiredService<IScoringService>().ScoreAsync("own", Questions));
        await using var secret = Services(new Uri("https://127.0.0.1:1/"), allowPrivate: false);
        (await Should.ThrowAsync<Exception>(() => secret.GetRequiredService<IScoringService>().ScoreAsync("own", Questions))).ShouldNotBeOfType<TransientException>();
    }

    [Fact]
    public async Task Score_UnknownService_SaysWhichThereAre()
    {
        await using var services = Services(new Uri("http://127.0.0.1:1/"));
        (await Should.ThrowAsync<ArgumentException>(() => services.GetRequiredService<IScoringService>().ScoreAsync("other", Questions))).Message.ShouldContain("There are: own.");
    }

    [Fact]
    public void Settings_Mistakes_AreAllTold()
    {
        var wrong = Should.Throw<InvalidSettingsException>(() => new ServiceCollection().AddAzureModels(Configuration(new()
        {
            ["scoring:services:Own:url"] = "http://scores.example.com/", ["scoring:services:Own:auth"] = "bearer",
            ["scoring:services:two:url"] = "https://scores.example.com/", ["scoring:services:two:auth"] = "none", ["scoring:services:two:secret"] = "scores",
            ["scoring:services:two:colour"] = "red",
        })));
        foreach (var expected in new[] { "is no name of a service", "plain http is only for", "scoring:services:Own:secret: is missing", "scoring:services:two:secret: is not used", "colour" })
            wrong.Message.ShouldContain(expected);
    }

    private static ServiceProvider Services(Uri url, bool allowPrivate = true) => new ServiceCollection().AddLogging().AddAzureModels(Configuration(new()
    {
        ["secrets:scores:setting"] = "key", ["secrets:scores:hosts:0"] = url.Authority, ["key"] = "key-of-the-tests",
        ["scoring:services:own:url"] = url.ToString(), ["scoring:services:own:auth"] = "bearer", ["scoring:services:own:secret"] = "scores",
        ["scoring:services:own:allowPrivate"] = allowPrivate ? "true" : "false",
    })).BuildServiceProvider();

    private static IConfiguration Configuration(Dictionary<string, string?> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();
}
