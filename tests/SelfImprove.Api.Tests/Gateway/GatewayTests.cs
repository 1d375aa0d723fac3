using System.Net;
using System.Text;
using SelfImprove.Api.Gateway;
using SelfImprove.Api.Tests.Hosting;
using SelfImprove.Models;
using SelfImprove.Testing.Models;

namespace SelfImprove.Api.Tests.Gateway;

public sealed class GatewayTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Ask = """{"model":"desk","messages":[{"role":"user","content":"book a room for the meeting"}],"user":"ann"}""";

    [Fact]
    public async Task Complete_KnownAgent_AnswersAsOpenAiAndRecordsTheInteraction()
    {
        using var response = await host.PostAsync("v1/chat/completions", Ask, headers: [("x-interaction-id", "i-1")]);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("x-selfimprove-version").ShouldBe(["v1"]);
        response.Headers.Contains("x-selfimprove-experiment").ShouldBeFalse();
        var body = await ApiHost.JsonAsync(response);
        body.GetProperty("id").GetString().ShouldBe("i-1");
        body.GetProperty("object").GetString().ShouldBe("chat.completion");
        body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("rooms");
        body.GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
        body.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(0);
        var record = (await host.RecordsAsync("desk")).Single(r => r.Interaction.Id == "i-1").Interaction;
        (record.Version, record.Key, record.Output!.Text, record.Error).ShouldBe(("v1", "ann", "rooms", null));
        record.Confidence.ShouldNotBeNull().ShouldBeInRange(0, 1);
        record.Routing!.Probability.ShouldBe(1);
    }

    [Fact]
    public async Task Complete_WithoutAnId_MakesOneAndGivesItBack()
    {
        using var response = await host.PostAsync("v1/chat/completions", Ask);

        var id = (await ApiHost.JsonAsync(response)).GetProperty("id").GetString()!;
        id.ShouldStartWith("chatcmpl-");
        (await host.RecordsAsync("desk")).ShouldContain(r => r.Interaction.Id == id);
    }

    [Fact]
    public async Task Complete_HeadersAndMetadata_GoIntoTheRecord()
    {
        const string body = """{"model":"desk","messages":[{"role":"user","content":"taxi receipt"}],"user":"ann","metadata":{"tier":"gold","episode":"e-1","group":"g1"},"temperature":0.2}""";
        using var response = await host.PostAsync("v1/chat/completions", body, headers: [("x-interaction-id", "i-tags"), ("x-selfimprove-key", "conversation-7"), ("x-selfimprove-trainable", "false")]);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var record = (await host.RecordsAsync("desk")).Single(r => r.Interaction.Id == "i-tags").Interaction;
        (record.Key, record.Episode, record.Group, record.Trainable).ShouldBe(("conversation-7", "e-1", "g1", false));
        record.Tags.ShouldNotBeNull().ShouldBe([new("tier", "gold")]);
    }

    [Fact]
    public async Task Complete_ToolsCallsAndImages_AreTakenAndKeptByReference()
    {
        const string body = """
            {"model":"desk","messages":[
              {"role":"system","content":"be brief"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"found"},
              {"role":"user","content":[{"type":"text","text":"laptop screen broken"},{"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"low"}}]}],
             "tools":[{"type":"function","function":{"name":"look","description":"d","parameters":{"type":"object"}}}],"stream":false,"n":1}
            """;
        using var response = await host.PostAsync("v1/chat/completions", body, headers: [("x-interaction-id", "i-parts")]);

        (await ApiHost.JsonAsync(response)).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("repair");
        var record = (await host.RecordsAsync("desk")).Single(r => r.Interaction.Id == "i-parts").Interaction;
        record.Input.Count.ShouldBe(4);
        record.Input[1].ToolCalls!.Single().ShouldBe(new ToolCall("look", "{\"a\":1}", "c1"));
        record.Input[3].Parts![1].ShouldBe(new ContentPart("image_url", null, "https://example.org/a.png", "low"));
    }

    [Theory]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"stream_options":3}""", "stream_options")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":"yes"}}""", "stream_options.include_usage")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"tool_choice":"sometimes"}""", "tool_choice")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"function"}}""", "tool_choice.function.name")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"a"}}],"tool_choice":{"function":{"name":"b"}}}""", "tool_choice")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}""", "response_format.type")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}}""", "response_format.json_schema")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"a b","schema":{}}}}""", "response_format.json_schema.name")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":7}}}""", "response_format.json_schema.schema")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"temperature":3}""", "temperature")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "max_tokens")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"seed":1.5}""", "seed")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"stream":1}""", "stream")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"n":2}""", "n")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":7,"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":"desk"}""", "messages")]
    [InlineData("""{"model":"desk","messages":[]}""", "messages")]
    [InlineData("""{"model":"desk","messages":"hi"}""", "messages")]
    [InlineData("""{"model":"desk","messages":["hi"]}""", "messages[0]")]
    [InlineData("""{"model":"desk","messages":[{"role":"king","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"model":"desk","messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":7}]}""", "messages[0].content")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":[{"type":"audio"}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}""", "messages[0].content[0].image_url.url")]
    [InlineData("""{"model":"desk","messages":[{"role":"assistant","tool_calls":[{"function":{}}]}]}""", "messages[0].tool_calls[0].function.name")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", "tools[0].function")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"a","parameters":3}}]}""", "tools[0].function.parameters")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"metadata":{"Bad Name":"v"}}""", "metadata.Bad Name")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"x"}],"metadata":{"a":7}}""", "metadata.a")]
    [InlineData("""{"model":"desk","messages":[{"role":"user","content":"\ud800"}]}""", "messages[0].content")]
    [InlineData("""[1,2]""", "body")]
    public async Task Complete_WrongField_Gives400NamingIt(string body, string param)
    {
        using var response = await host.PostAsync("v1/chat/completions", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await ApiHost.JsonAsync(response)).GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("param").GetString().ShouldBe(param);
        error.GetProperty("message").GetString()!.ShouldStartWith(param);
    }

    [Theory]
    [InlineData("{\"model\":\"desk\"")]
    [InlineData("not json")]
    [InlineData("{\"model\":\"desk\",\"messages\":[{\"role\":\"user\",\"content\":NaN}]}")]
    [InlineData("")]
    public async Task Complete_NoJson_Gives400(string body)
    {
        using var response = await host.PostAsync("v1/chat/completions", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ApiHost.JsonAsync(response)).GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Complete_DeepJson_Gives400()
    {
        using var response = await host.PostAsync("v1/chat/completions", $$"""{"model":"desk","x":{{new string('[', 40)}}{{new string(']', 40)}}}""");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("x-interaction-id", "bad id")]
    [InlineData("x-selfimprove-episode", "a/b")]
    [InlineData("x-selfimprove-trainable", "maybe")]
    public async Task Complete_WrongHeader_Gives400NamingIt(string name, string value)
    {
        using var response = await host.PostAsync("v1/chat/completions", Ask, headers: [(name, value)]);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("../x")]
    [InlineData("con")]
    public async Task Complete_UnknownAgent_Gives404InOpenAiForm(string model)
    {
        using var response = await host.PostAsync("v1/chat/completions", Ask.Replace("\"desk\"", $"\"{model}\"", StringComparison.Ordinal));

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ApiHost.JsonAsync(response)).GetProperty("error").GetProperty("code").GetString().ShouldBe("model_not_found");
    }

    [Fact]
    public async Task Complete_BodyOver8MiB_Gives413()
    {
        using var response = await host.PostAsync("v1/chat/completions", new StringBuilder("{\"model\":\"").Append('x', (8 * 1024 * 1024) + 1).Append("\"}").ToString());

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Complete_AgentWithoutAVersion_Gives503()
    {
        await host.Get<SelfImprove.Agents.Manifests.ManifestStore>().PutAsync(ApiHost.Manifest("fresh"));

        using var response = await host.PostAsync("v1/chat/completions", Ask.Replace("desk", "fresh", StringComparison.Ordinal));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ApiHost.JsonAsync(response)).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("versions add fresh");
    }

    [Fact]
    public async Task Complete_ChoiceFormatAndLimits_ReachTheModel()
    {
        var model = new ScriptedModel(_ => new ModelAnswer { Output = new AgentOutput("{}"), Finish = FinishReason.Length, InputTokens = 3, OutputTokens = 4 });
        await host.AddScriptedAsync("formed", model);
        const string body = """
            {"model":"formed","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"x"}]}],
             "tools":[{"type":"function","function":{"name":"look"}}],"tool_choice":{"type":"function","function":{"name":"look"}},
             "response_format":{"type":"json_schema","json_schema":{"name":"reply","strict":true,"schema":{"type":"object","properties":{"a":{"type":"string"}}}}},
             "temperature":0.5,"seed":7,"max_tokens":9,"max_completion_tokens":11}
            """;

        using var response = await host.PostAsync("v1/chat/completions", body);

        var choice = (await ApiHost.JsonAsync(response)).GetProperty("choices")[0];
        choice.GetProperty("finish_reason").GetString().ShouldBe("length");
        response.Headers.GetValues("x-request-id").Single().ShouldNotBeEmpty();
        var asked = model.Asked.Single();
        asked.ToolChoice.ShouldBe(new ToolChoice(ToolUse.Required, "look"));
        (asked.Temperature, asked.Seed, asked.MaxOutputTokens).ShouldBe((0.5, 7, 11));
        (asked.Format!.Name, asked.Format.Strict).ShouldBe(("reply", true));
        asked.Format.Schema.GetProperty("properties").GetProperty("a").GetProperty("type").GetString().ShouldBe("string");
        asked.Messages[^1].Parts![0].ImageUrl.ShouldBe("data:image/png;base64,AAAA");
    }

    [Fact]
    public async Task Model_ByName_IsThatAgentAndOthersAre404()
    {
        using var known = await host.Http.GetAsync("v1/models/desk");
        (await ApiHost.JsonAsync(known)).GetProperty("id").GetString().ShouldBe("desk");
        known.Headers.GetValues("x-request-id").Single().ShouldNotBeEmpty();

        foreach (var name in new[] { "nobody", "gpt-4.1", "GPT-X", "con" })
        {
            using var unknown = await host.Http.GetAsync($"v1/models/{name}");
            unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await ApiHost.JsonAsync(unknown)).GetProperty("error").GetProperty("code").GetString().ShouldBe("model_not_found");
            unknown.Headers.GetValues("x-request-id").Single().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Models_ListsAgents()
    {
        using var response = await host.Http.GetAsync("v1/models");

        (await ApiHost.JsonAsync(response)).GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()).ShouldContain("desk");
        AgentGateway.ModelFailed.ShouldBe("model-failed");
    }
}
