using System.Text.Json;
using System.Text.Json.Nodes;
using SelfImprove.Models;
using static SelfImprove.Azure.Tests.Models.FakeModelServer;

namespace SelfImprove.Azure.Tests.Models;

public sealed class EndpointModelTests
{
    private const string Png = "data:image/png;base64,iVBORw0KGgo=";

    [Fact]
    public async Task Answer_WholeConversation_GoesOverTheWireAsOpenAiHasIt()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyText("fine");
        var parameters = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}}}""").RootElement;
        var request = new ModelRequest(
            [
                ChatMessage.System("Be short."),
                new ChatMessage { Role = "developer", Content = "Be kind." },
                new ChatMessage { Role = "user", Parts = [new ContentPart("text", "What is it?"), new ContentPart("image_url", ImageUrl: Png, Detail: "low")] },
                new ChatMessage { Role = "assistant", ToolCalls = [new ToolCall("weather", """{"city":"Osaka"}""")] },
                new ChatMessage { Role = "tool", Content = "rainy" },
                ChatMessage.User("So?"),
            ],
            [new ToolDefinition("weather", "Tells the weather.", parameters), new ToolDefinition("now")])
        {
            Temperature = 0.5, Seed = 42, MaxOutputTokens = 64, Format = new AnswerFormat("reply", JsonDocument.Parse("""{"type":"object"}""").RootElement),
        };

        await (await world.OpenAsync()).AnswerAsync(request);

        var seen = world.Server.Seen.ShouldHaveSingleItem();
        seen.Path.ShouldBe("/v1/chat/completions");
        seen.Headers["Authorization"].ShouldBe("Bearer " + EndpointWorld.Key);
        seen.Headers.Keys.ShouldNotContain("traceparent");
        var body = seen.Json;
        body["model"]!.GetValue<string>().ShouldBe("m");
        body["messages"]!.AsArray().Select(m => m!["role"]!.GetValue<string>()).ShouldBe(["system", "developer", "user", "assistant", "tool", "user"]);
        body["messages"]![2]!["content"]![1]!["image_url"]!["url"]!.GetValue<string>().ShouldBe(Png);
        body["messages"]![2]!["content"]![1]!["image_url"]!["detail"]!.GetValue<string>().ShouldBe("low");
        var id = body["messages"]![3]!["tool_calls"]![0]!["id"]!.GetValue<string>();
        body["messages"]![4]!["tool_call_id"]!.GetValue<string>().ShouldBe(id);
        body["tools"]![0]!["function"]!["parameters"]!["properties"]!["city"]!["type"]!.GetValue<string>().ShouldBe("string");
        body["tools"]!.AsArray().Count.ShouldBe(2);
        body["temperature"]!.GetValue<double>().ShouldBe(0.5);
        body["seed"]!.GetValue<int>().ShouldBe(42);
        body["max_completion_tokens"]!.GetValue<int>().ShouldBe(64);
        body["response_format"]!["json_schema"]!["name"]!.GetValue<string>().ShouldBe("reply");
        body["response_format"]!["json_schema"]!["strict"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Answer_WithUsage_CostsByThePriceTable()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(c => JsonAsync(c.Response, 200, Completion("fine", read: 1000, written: 100, cached: 400)));

        var answer = await world.AskAsync();

        answer.Output.Text.ShouldBe("fine");
        (answer.InputTokens, answer.OutputTokens).ShouldBe((1000, 100));
        answer.CostUsd.ShouldBe((600 * 2m + 400 * 0.5m + 100 * 8m) / 1_000_000m);
        (answer.Finish, answer.Refusal).ShouldBe((FinishReason.Stop, null));
    }

    [Theory]
    [InlineData("https://example.com/cat.png")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("agents/desk/manifest.json")]
    [InlineData("data:text/html;base64,PGI+")]
    [InlineData("data:image/png;base64,###")]
    public async Task Answer_ImageThatIsNotInTheMessage_IsRefusedAndNothingSent(string url)
    {
        await using var world = await EndpointWorld.StartAsync();
        var model = await world.OpenAsync();
        var request = new ModelRequest([new ChatMessage { Role = "user", Parts = [new ContentPart("image_url", ImageUrl: url)] }]);

        (await Should.ThrowAsync<ArgumentException>(() => model.AnswerAsync(request))).Message.ShouldContain("data:image/png;base64,");

        world.Server.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answer_ContentFilterRefusesTheQuestion_IsARefusalNotAnException()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyError(400, "content_filter", "The response was filtered due to the prompt triggering the policy.");

        var answer = await world.AskAsync();

        answer.Refusal.ShouldNotBeNull().ShouldContain("content filter");
        answer.Finish.ShouldBe(FinishReason.ContentFilter);
        world.Server.Seen.Count.ShouldBe(1);
        var pieces = await world.StreamAsync();
        pieces[^1].End!.Finish.ShouldBe(FinishReason.ContentFilter);
        pieces[0].Refusal.ShouldNotBeNull();
    }

    [Fact]
    public async Task Answer_FilteredOrDeclined_IsARefusalThatWasPaidFor()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(c => JsonAsync(c.Response, 200, Completion("I", "content_filter")), c => JsonAsync(c.Response, 200, Completion(null, refusal: "I can't help with that.")));

        var filtered = await world.AskAsync();
        var declined = await world.AskAsync();

        filtered.Refusal.ShouldNotBeNull().ShouldContain("content filter");
        declined.Refusal.ShouldBe("I can't help with that.");
        new[] { filtered, declined }.ShouldAllBe(a => a.CostUsd > 0 && a.Finish == FinishReason.ContentFilter);
    }

    [Fact]
    public async Task Answer_CutOff_SaysSo()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(c => JsonAsync(c.Response, 200, Completion("Once upon a", "length")));

        (await world.AskAsync()).Finish.ShouldBe(FinishReason.Length);
    }

    [Fact]
    public async Task Answer_EndpointGivesProbabilities_HasConfidence()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:confidence", "true"));
        world.Server.Reply(c =>
        {
            var json = JsonNode.Parse(Completion("billing"))!;
            json["choices"]![0]!["logprobs"] = JsonNode.Parse("""{"content":[{"token":"bill","logprob":-0.1,"bytes":null,"top_logprobs":[]},{"token":"ing","logprob":-0.2,"bytes":null,"top_logprobs":[]}]}""");
            return JsonAsync(c.Response, 200, json.ToJsonString());
        });

        var answer = await world.AskAsync();

        answer.Confidence.ShouldNotBeNull().ShouldBe(Math.Exp(-0.3), 1e-6);
        world.Server.Seen.Single().Json["logprobs"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Stream_Pieces_ComeWhileTheModelWrites()
    {
        await using var world = await EndpointWorld.StartAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Server.Reply(async c =>
        {
            await EventsAsync(c, Chunk("Hel"));
            await goOn.Task;
            await EventsAsync(c, Chunk("lo"), Chunk(null, "stop"), "data: " + """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}""" + "\n\n", "data: [DONE]\n\n");
        });
        var text = "";
        AnswerEnd? end = null;

        await foreach (var piece in (await world.OpenAsync()).StreamAsync(new ModelRequest([ChatMessage.User("hello")])))
        {
            text += piece.Text;
            end = piece.End;
            goOn.TrySetResult();
        }

        text.ShouldBe("Hello");
        end.ShouldBe(new AnswerEnd(FinishReason.Stop) { InputTokens = 10, OutputTokens = 2, CostUsd = (10 * 2m + 2 * 8m) / 1_000_000m });
        world.Server.Seen.Single().Json["stream_options"]!["include_usage"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Open_UnknownEndpointModelOrForm_SaysWhatThereIs()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:models:0", "m"));

        (await Should.ThrowAsync<UnusableModelException>(() => world.OpenAsync("openai:other/m"))).Message.ShouldContain("It has: main");
        (await Should.ThrowAsync<UnusableModelException>(() => world.OpenAsync("openai:main/gpt-9"))).Message.ShouldContain("models:endpoints:main:models");
        (await Should.ThrowAsync<ArgumentException>(() => world.OpenAsync("openai:main"))).Message.ShouldContain("openai:main/gpt-4.1");
        (await world.OpenAsync()).ShouldBeSameAs(await world.OpenAsync());
    }

    [Fact]
    public async Task Answer_WithADeploymentHeader_SaysWhichDeploymentInIt()
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:deploymentHeader", "azureml-model-deployment"));
        world.Server.ReplyText("fine");

        await (await world.OpenAsync("openai:main/desk-v1")).AnswerAsync(new ModelRequest([ChatMessage.User("hello")]));
        await (await world.OpenAsync("openai:main/desk-v2")).AnswerAsync(new ModelRequest([ChatMessage.User("hello")]));

        world.Server.Seen.Select(r => (r.Headers["azureml-model-deployment"], r.Json["model"]!.GetValue<string>())).ShouldBe([("desk-v1", "desk-v1"), ("desk-v2", "desk-v2")]);
    }

    [Fact]
    public async Task Answer_WithoutADeploymentHeader_SendsNone()
    {
        await using var world = await EndpointWorld.StartAsync();
        world.Server.ReplyText("fine");

        await world.AskAsync();

        world.Server.Seen.Single().Headers.Keys.ShouldNotContain("azureml-model-deployment", StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("v2\r\nx-evil: 1")]
    [InlineData("v 2")]
    [InlineData("-v2")]
    public async Task Open_NameThatNoHeaderTakes_IsRefused(string name)
    {
        await using var world = await EndpointWorld.StartAsync(("models:endpoints:main:deploymentHeader", "azureml-model-deployment"));

        (await Should.ThrowAsync<UnusableModelException>(() => world.OpenAsync("openai:main/" + name))).Message.ShouldContain("no name of a deployment");
    }
}
