using System.Text.Json;
using SelfImprove.Models;
using SelfImprove.Orchestration;

namespace SelfImprove.Azure.Tests.Models;

public sealed class AimockTests(AimockServer aimock) : IClassFixture<AimockServer>
{
    private static readonly ToolDefinition[] Tools = [new("get_weather"), new("get_mood")];

    private Task<EndpointWorld> StartAsync(string auth = "api-key", string key = EndpointWorld.Key) => EndpointWorld.StartAsync(
        ("models:endpoints:main:url", aimock.Url.ToString()), ("models:endpoints:main:auth", auth), ("secrets:main-key:hosts:0", aimock.Url.Authority), ("keys:main", key));

    private static async Task<ModelAnswer> StreamedAsync(IChatModel model, ModelRequest request, List<AnswerPiece> pieces)
    {
        var builder = new AnswerBuilder();
        await foreach (var piece in model.StreamAsync(request))
        {
            pieces.Add(piece);
            builder.Add(piece);
        }
        builder.IsComplete.ShouldBeTrue();
        return builder.Build();
    }

    [Theory]
    [InlineData("api-key")]
    [InlineData("bearer")]
    public async Task Answer_Chat_HasTextUsageAndCost(string auth)
    {
        await using var world = await StartAsync(auth);

        var answer = await world.AskAsync("What is the capital?");

        answer.Output.Text.ShouldBe("The capital of France is Paris, on the Seine.");
        (answer.InputTokens, answer.OutputTokens, answer.CostUsd).ShouldBe((120, 30, 0.00048m));
    }

    [Fact]
    public async Task Stream_Chat_ComesInPiecesAndAmountsToTheSame()
    {
        await using var world = await StartAsync();
        var (model, request) = (await world.OpenAsync(), new ModelRequest([ChatMessage.User("What is the capital?")]));
        var pieces = new List<AnswerPiece>();

        var streamed = await StreamedAsync(model, request, pieces);

        pieces.Count(p => p.Text is not null).ShouldBeGreaterThan(1);
        streamed.ShouldBe(await model.AnswerAsync(request));
    }

    [Fact]
    public async Task Answer_Tools_CallsComeAndAreAnswered()
    {
        await using var world = await StartAsync();
        var model = await world.OpenAsync();
        var question = ChatMessage.User("How is the weather, and my mood?");

        var first = await model.AnswerAsync(new ModelRequest([question], Tools));
        var streamed = await StreamedAsync(model, new ModelRequest([question], Tools), []);

        first.Finish.ShouldBe(FinishReason.ToolCalls);
        first.Output.Text.ShouldBeNull();
        first.Output.ToolCalls.ShouldNotBeNull().Select(c => (c.Name, c.Arguments)).ShouldBe([("get_weather", """{"city":"Osaka"}"""), ("get_mood", "{}")]);
        streamed.Output.ToolCalls.ShouldNotBeNull().Select(c => (c.Name, c.Arguments)).ShouldBe([("get_weather", """{"city":"Osaka"}"""), ("get_mood", "{}")]);
        streamed.Output.ToolCalls.ShouldAllBe(c => c.Id != null);
        var results = first.Output.ToolCalls!.Select(c => new ChatMessage { Role = "tool", ToolCallId = c.Id, Content = "rainy" });
        var second = await model.AnswerAsync(new ModelRequest([question, new ChatMessage { Role = "assistant", ToolCalls = first.Output.ToolCalls }, .. results], Tools));
        second.Output.Text.ShouldBe("It rains: you are gloomy.");
    }

    [Fact]
    public async Task Answer_StructuredOutput_IsAskedForAndGiven()
    {
        await using var world = await StartAsync();
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"],"additionalProperties":false}""").RootElement;

        var answer = await (await world.OpenAsync()).AnswerAsync(new ModelRequest([ChatMessage.User("What is heavier?")]) { Format = new AnswerFormat("reply", schema) });

        JsonDocument.Parse(answer.Output.Text!).RootElement.GetProperty("answer").GetString().ShouldBe("the same");
    }

    [Fact]
    public async Task Answer_RateLimited_WaitsAsToldAndAsksAgain()
    {
        await using var world = await StartAsync();

        (await world.AskAsync("Are you busy?")).Output.Text.ShouldBe("at last");

        world.Clock.Waits.ShouldContain(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Answer_Filtered_IsARefusal()
    {
        await using var world = await StartAsync();

        (await world.AskAsync("Say something filtered")).Refusal.ShouldNotBeNull().ShouldContain("content policy");
    }

    [Fact]
    public async Task Stream_CutInTheMiddle_IsTransientAndHasNoEnd()
    {
        await using var world = await StartAsync();
        var (model, pieces) = (await world.OpenAsync(), new List<AnswerPiece>());

        await Should.ThrowAsync<TransientException>(() => StreamedAsync(model, new ModelRequest([ChatMessage.User("Tell a long story")]), pieces));

        pieces.ShouldAllBe(p => p.End == null);
    }

    [Theory]
    [InlineData("Make noise")]
    [InlineData("Please drop me")]
    public async Task Answer_GarbageOrDisconnect_IsTransient(string text)
    {
        await using var world = await StartAsync();

        await Should.ThrowAsync<TransientException>(() => world.AskAsync(text));
    }

    [Fact]
    public async Task Answer_WrongKey_SaysWhichSecret()
    {
        await using var world = await StartAsync(key: "another-key");

        (await Should.ThrowAsync<UnusableModelException>(() => world.AskAsync("What is the capital?"))).Message.ShouldContain("secret 'main-key'");
    }

    [Fact]
    public async Task Answer_NothingMatches_IsUnusableOrBadButNotRepeated()
    {
        await using var world = await StartAsync();

        await Should.ThrowAsync<UnusableModelException>(() => world.AskAsync("zzz"));
    }
}
