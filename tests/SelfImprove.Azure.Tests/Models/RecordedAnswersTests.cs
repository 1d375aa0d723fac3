using System.Text.Json;
using System.Text.Json.Nodes;
using SelfImprove.Models;
using SelfImprove.Testing.Node;
using static SelfImprove.Azure.Tests.Models.FakeModelServer;

namespace SelfImprove.Azure.Tests.Models;

/// <summary>Recordings of api.openai.com, replayed: what we send is what was sent then, and what came is understood.</summary>
[Trait("Data", "reference")]
public sealed class RecordedAnswersTests
{
    private static JsonArray Entries(string name) => JsonNode.Parse(File.ReadAllText(
        Path.Combine(NodePackages.Root, "..", "shared", "azure-examples", "openai", "recorded", name + ".json")))!["Entries"]!.AsArray();

    private static ModelRequest Request(JsonNode body) => new(
        [.. body["messages"]!.AsArray().Select(m => new ChatMessage
        {
            Role = m!["role"]!.GetValue<string>(),
            Content = m["content"]?.GetValue<string>(),
            ToolCallId = m["tool_call_id"]?.GetValue<string>(),
            ToolCalls = m["tool_calls"]?.AsArray().Select(c => new ToolCall(c!["function"]!["name"]!.GetValue<string>(), c["function"]!["arguments"]!.GetValue<string>(), c["id"]!.GetValue<string>())).ToList(),
        })],
        body["tools"]?.AsArray().Select(t => t!["function"]!).Select(f => new ToolDefinition(f["name"]!.GetValue<string>(), f["description"]?.GetValue<string>(), Json(f["parameters"]!))).ToList())
    {
        Format = body["response_format"]?["json_schema"] is { } format ? new AnswerFormat(format["name"]!.GetValue<string>(), Json(format["schema"]!)) : null,
    };

    private static JsonElement Json(JsonNode node) => JsonDocument.Parse(node.ToJsonString()).RootElement;

    [Theory]
    [InlineData("ChatTests_HelloWorldChat")]
    [InlineData("ChatTests_TwoTurnChat")]
    [InlineData("ChatTests_StructuredOutputsWork")]
    [InlineData("ChatToolTests_ConsecutiveToolCalls")]
    public async Task Answer_Recorded_IsSentAndReadAlike(string name)
    {
        var entries = Entries(name);
        await using var world = await EndpointWorld.StartAsync();
        foreach (var entry in entries)
        {
            world.Server.Reply(c =>
            {
                foreach (var (header, value) in entry!["ResponseHeaders"]!.AsObject())
                    if (header.StartsWith("x-", StringComparison.OrdinalIgnoreCase) && value is JsonValue text) c.Response.Headers[header] = text.ToString();
                return JsonAsync(c.Response, entry["StatusCode"]!.GetValue<int>(), entry["ResponseBody"]!.ToJsonString());
            });
        }
        foreach (var entry in entries)
        {
            var body = entry!["RequestBody"]!.DeepClone();
            (body["response_format"]?["json_schema"] as JsonObject)?.Remove("description");
            var model = await world.OpenAsync("openai:main/" + body["model"]!.GetValue<string>());

            var answer = await model.AnswerAsync(Request(body));

            JsonNode.DeepEquals(world.Server.Seen.Last().Json, body).ShouldBeTrue($"sent {world.Server.Seen.Last().Body}\ninstead of {body.ToJsonString()}");
            var (message, usage) = (entry["ResponseBody"]!["choices"]![0]!["message"]!, entry["ResponseBody"]!["usage"]!);
            answer.Output.Text.ShouldBe(message["content"]?.GetValue<string>());
            (answer.Output.ToolCalls?.Select(c => $"{c.Id} {c.Name} {c.Arguments}") ?? []).ShouldBe(
                message["tool_calls"]?.AsArray().Select(c => $"{c!["id"]} {c["function"]!["name"]} {c["function"]!["arguments"]}") ?? []);
            (answer.InputTokens, answer.OutputTokens).ShouldBe((usage["prompt_tokens"]!.GetValue<int>(), usage["completion_tokens"]!.GetValue<int>()));
        }
        entries.Count.ShouldBe(world.Server.Seen.Count);
    }

    [Fact]
    public async Task Answer_RecordedAuthFailure_SaysWhatToDo()
    {
        var entry = Entries("ChatTests_AuthFailure")[0]!;
        await using var world = await EndpointWorld.StartAsync();
        world.Server.Reply(c => JsonAsync(c.Response, 401, entry["ResponseBody"]!.ToJsonString()));

        (await Should.ThrowAsync<UnusableModelException>(() => world.AskAsync())).Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("401 invalid_api_key"), m => m.ShouldContain("main-key"), m => m.ShouldNotContain("not-a-re"));
    }
}
