using System.Security.Cryptography;
using System.Text.Json;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Testing;
using SelfImprove.Testing.Node;
using Shouldly;
using Xunit;

namespace SelfImprove.Azure.Tests.TrainingScript;

/// <summary>Valid files pass, and the summary says what is in them.</summary>
public sealed class CheckTests : IDisposable
{
    private const string Weather = """{"type":"function","function":{"name":"get_weather","description":"Weather of a city.","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}""";

    // One pixel.
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Check_ChatRows_SaysRowsTokensAndTheLongest()
    {
        // By the rule: (3 + 2 + 4 bytes) / 4 rounded up is 3, plus 4 for each of 3 messages; (3 + 40) / 4 is 11, plus 8.
        var result = await TrainingScript.CheckAsync("sft", Write(
            """{"messages":[{"role":"system","content":"sys"},{"role":"user","content":"hi"},{"role":"assistant","content":"good"}]}""",
            $$"""{"messages":[{"role":"user","content":"long"},{"role":"assistant","content":"{{new string('x', 39)}}"}]}"""));
        result.Code.ShouldBe(0, result.Errors);
        var train = result.Summary.GetProperty("train");
        train.GetProperty("rows").GetInt32().ShouldBe(2);
        train.GetProperty("messages").GetInt32().ShouldBe(5);
        train.GetProperty("tokens").GetInt32().ShouldBe(15 + 19);
        train.GetProperty("longest").GetProperty("line").GetInt32().ShouldBe(2);
        train.GetProperty("longest").GetProperty("tokens").GetInt32().ShouldBe(19);
        result.Summary.GetProperty("token_rule").GetString()!.ShouldContain("divided by 4");
    }

    [Fact]
    public async Task Check_ToolCallsAndAnswers_AreCounted()
    {
        var result = await TrainingScript.CheckAsync("sft", Write($$$"""
            {"messages":[{"role":"user","content":"Rome?"},
             {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Rome\"}"}}]},
             {"role":"tool","tool_call_id":"a","content":"sunny"},{"role":"assistant","content":"Sunny.","weight":1}],
             "parallel_tool_calls":false,"tools":[{{{Weather}}}]}
            """.ReplaceLineEndings("")));
        result.Code.ShouldBe(0, result.Errors);
        var train = result.Summary.GetProperty("train");
        train.GetProperty("tools").EnumerateArray().Select(t => t.GetString()).ShouldBe(["get_weather"]);
        train.GetProperty("tool_calls").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Check_ImagesByDataUrl_AreTakenWithVision()
    {
        var row = """{"messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,@","detail":"low"}}]},{"role":"assistant","content":"A dot."}]}""".Replace("@", Png, StringComparison.Ordinal);
        var result = await TrainingScript.CheckAsync("sft", Write(row), "--vision");
        result.Code.ShouldBe(0, result.Errors);
        result.Summary.GetProperty("train").GetProperty("images").GetInt32().ShouldBe(1);
        (await TrainingScript.CheckAsync("sft", Write(row))).Mistakes.ShouldHaveSingleItem().ShouldContain("--vision is not given");
    }

    [Fact]
    public async Task Check_Preferences_Pass()
    {
        var result = await TrainingScript.CheckAsync("dpo", Write(
            $$$"""{"input":{"messages":[{"role":"user","content":"Rome?"}],"tools":[{{{Weather}}}],"parallel_tool_calls":true},"preferred_output":[{"role":"assistant","content":"Sunny."}],"non_preferred_output":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{}"}}]}]}"""));
        result.Code.ShouldBe(0, result.Errors);
        result.Summary.GetProperty("method").GetString().ShouldBe("dpo");
    }

    [Fact]
    public async Task Check_RowsOfWeightZero_AreNotTrainedOn()
    {
        var result = await TrainingScript.CheckAsync("sft", Write(
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0}]}""",
            """{"messages":[{"role":"user","content":"c"},{"role":"assistant","content":"d","weight":0},{"role":"user","content":"e"},{"role":"assistant","content":"f"}]}"""));
        result.Code.ShouldBe(0, result.Errors);
        result.Summary.GetProperty("train").GetProperty("trained_rows").GetInt32().ShouldBe(1);
        result.Summary.GetProperty("rows_to_train_on").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Check_SetAsideRows_AreTheSameForTheSameSeed()
    {
        var file = Write([.. Enumerable.Range(0, 300).Select(i => $$"""{"messages":[{"role":"user","content":"q{{i}}"},{"role":"assistant","content":"a"}]}""")]);
        var first = await TrainingScript.CheckAsync("sft", file, "--validation-share", "0.2");
        var again = await TrainingScript.CheckAsync("sft", file, "--validation-share", "0.2");
        first.Summary.GetRawText().ShouldBe(again.Summary.GetRawText());
        first.Summary.GetProperty("rows_to_evaluate_on").GetInt32().ShouldBeInRange(35, 85);
        (first.Summary.GetProperty("rows_to_evaluate_on").GetInt32() + first.Summary.GetProperty("rows_to_train_on").GetInt32()).ShouldBe(300);
    }

    [Fact]
    public async Task Check_HashOfTheFile_IsItsSha256()
    {
        var file = Write("""{"messages":[{"role":"user","content":"ä"},{"role":"assistant","content":"日本"}]}""");
        var result = await TrainingScript.CheckAsync("sft", file);
        result.Summary.GetProperty("train").GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))));
    }

    [Fact]
    public async Task Check_WhatSftFormatWrites_Passes()
    {
        var parameters = JsonDocument.Parse("""{"type":"object","properties":{"room":{"type":"string"}}}""").RootElement;
        ToolDefinition[] tools = [new("book_room", "Books a room.", parameters), new("ping")];
        var call = new ToolCall("book_room", """{"room":"4"}""");
        DatasetRow[] rows =
        [
            new([ChatMessage.System("Route it."), ChatMessage.User("My \"parcel\" is late\n日本 <b>")], new AgentOutput("delivery"), []),
            new([ChatMessage.User("a room")], new AgentOutput(ToolCalls: [call]), tools),
            new([ChatMessage.User("two rooms")], new AgentOutput(ToolCalls: [call, new ToolCall("ping")]), tools),
            new([ChatMessage.User("hi"), new ChatMessage { Role = "assistant", ToolCalls = [new ToolCall("ping", "{}", "call_x")] },
                new ChatMessage { Role = "tool", ToolCallId = "call_x", Content = "pong" }], new AgentOutput("done"), tools),
            new([ChatMessage.User("dropped")], new AgentOutput("no"), [], Weight: 0),
        ];
        var result = await TrainingScript.CheckAsync("sft", Write([.. rows.Select(SftFormat.Write)]));
        result.Mistakes.ShouldBeEmpty();
        result.Code.ShouldBe(0);
        result.Summary.GetProperty("train").GetProperty("trained_rows").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task Check_WhatSftFormatWritesWithImages_Passes()
    {
        var message = new ChatMessage { Role = "user", Parts = [new ContentPart("text", "What?"), new ContentPart("image_url", ImageUrl: "data:image/png;base64," + Png, Detail: "high")] };
        var result = await TrainingScript.CheckAsync("sft", Write(SftFormat.Write(new DatasetRow([message], new AgentOutput("a dot"), []))), "--vision");
        result.Mistakes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_WhatDpoFormatWrites_Passes()
    {
        ToolDefinition[] tools = [new("ping")];
        PreferencePair[] pairs =
        [
            new([ChatMessage.System("Be kind."), ChatMessage.User("hi")], new AgentOutput("hello"), new AgentOutput("what"), []),
            new([ChatMessage.User("ping")], new AgentOutput(ToolCalls: [new ToolCall("ping")]), new AgentOutput("pong?"), tools),
        ];
        var result = await TrainingScript.CheckAsync("dpo", Write([.. pairs.Select(DpoFormat.Write)]));
        result.Mistakes.ShouldBeEmpty();
        result.Code.ShouldBe(0);
    }

    [Theory]
    [Trait("Data", "reference")]
    [InlineData("sft", "sft_chat_openai-dotnet_fine_tuning_sample.jsonl")]
    [InlineData("sft", "sft_chat_openai-dotnet_fine_tuning_sample_validation.jsonl")]
    [InlineData("sft", "sft_tool_calls.jsonl")]
    [InlineData("dpo", "dpo_preference.jsonl")]
    public async Task Check_OpenAisSamples_Pass(string method, string file)
    {
        var result = await TrainingScript.CheckAsync(method, Reference(file));
        result.Mistakes.ShouldBeEmpty();
        result.Code.ShouldBe(0);
    }

    // Valid at OpenAI, which fetches the image. A job of ours fetches nothing that a row names.
    [Fact]
    [Trait("Data", "reference")]
    public async Task Check_OpenAisVisionSample_IsRefusedForItsRemoteImageAlone()
    {
        var result = await TrainingScript.CheckAsync("sft", Reference("sft_vision.jsonl"), "--vision");
        result.Code.ShouldBe(2);
        result.Mistakes.ShouldHaveSingleItem().ShouldContain("Remote images are not fetched");
    }

    public void Dispose() => _folder.Dispose();

    private static string Reference(string file) => Path.GetFullPath(Path.Combine(NodePackages.Root, "..", "shared", "azure-examples", "openai", "jsonl", file));

    private string Write(params string[] lines)
    {
        var path = Path.Combine(_folder.Path, $"{Guid.NewGuid():N}.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }
}
