using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using SelfImprove.Agents.Routing;
using SelfImprove.Api.Gateway;
using SelfImprove.Api.Tests.Hosting;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Testing.Models;

namespace SelfImprove.Api.Tests.Gateway;

public sealed class GatewayStreamTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly AnswerEnd End = new(FinishReason.Stop) { InputTokens = 5, OutputTokens = 2, CostUsd = 0.01m };

    [Fact]
    public async Task Stream_Text_ComesAsChunksThatMakeTheAnswerAndIsRecordedOnce()
    {
        await host.AddScriptedAsync("words", Pieces(new() { Text = "Good " }, new() { Text = "morning" }, new() { End = End }));

        using var response = await AskAsync("words", extra: """,{"include_usage":true}""");

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        response.Headers.GetValues("x-selfimprove-version").Single().ShouldBe("v1");
        response.Headers.GetValues("x-request-id").Single().ShouldNotBeEmpty();
        var events = await EventsAsync(response);
        events[^1].ShouldBe("[DONE]");
        var chunks = events[..^1].Select(e => JsonDocument.Parse(e).RootElement).ToList();
        chunks.ShouldAllBe(c => c.GetProperty("object").GetString() == "chat.completion.chunk" && c.GetProperty("model").GetString() == "words");
        chunks.Select(c => c.GetProperty("id").GetString()).Distinct().Count().ShouldBe(1);
        Delta(chunks[0]).GetProperty("role").GetString().ShouldBe("assistant");
        chunks[1..^2].Select(c => Delta(c).GetProperty("content").GetString()).ShouldBe(["Good ", "morning"]);
        chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
        chunks[^2].GetProperty("usage").ValueKind.ShouldBe(JsonValueKind.Null);
        chunks[^1].GetProperty("choices").GetArrayLength().ShouldBe(0);
        chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(7);
        var record = await RecordAsync("words");
        (record.Id, record.Output!.Text, record.Error, record.Tags).ShouldBe((chunks[0].GetProperty("id").GetString(), "Good morning", null, null));
        (record.InputTokens, record.OutputTokens, record.CostUsd).ShouldBe((5, 2, 0.01m));
    }

    [Fact]
    public async Task Stream_WithoutUsage_HasNoChunkOfIt()
    {
        await host.AddScriptedAsync("brief", Pieces(new() { Text = "x" }, new() { End = End }));

        using var response = await AskAsync("brief");

        var events = await EventsAsync(response);
        events.Count.ShouldBe(4);
        events.ShouldAllBe(e => !e.Contains("usage"));
    }

    [Fact]
    public async Task Stream_ToolCalls_ComeInFragments()
    {
        await host.AddScriptedAsync(
            "caller",
            Pieces(
                new() { ToolCalls = [new ToolCallPiece(0, "c1", "look", "{\"a\"")] }, new() { ToolCalls = [new ToolCallPiece(0, Arguments: ":1}")] },
                new() { ToolCalls = [new ToolCallPiece(1, Name: "go")] }, new() { End = new AnswerEnd(FinishReason.ToolCalls) }));

        using var response = await AskAsync("caller");

        var chunks = (await EventsAsync(response))[..^1].Select(e => JsonDocument.Parse(e).RootElement).ToList();
        var calls = chunks[1..^1].Select(c => Delta(c).GetProperty("tool_calls")[0]).ToList();
        (calls[0].GetProperty("id").GetString(), calls[0].GetProperty("function").GetProperty("name").GetString()).ShouldBe(("c1", "look"));
        calls[1].TryGetProperty("id", out _).ShouldBeFalse();
        string.Concat(calls[..2].Select(c => c.GetProperty("function").GetProperty("arguments").GetString())).ShouldBe("{\"a\":1}");
        calls[2].GetProperty("id").GetString()!.ShouldStartWith("call_");
        chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        (await RecordAsync("caller")).Output!.ToolCalls!.ShouldBe([new ToolCall("look", "{\"a\":1}", "c1"), new ToolCall("go")]);
    }

    [Fact]
    public async Task Stream_BuiltinStudent_StreamsItsWholeAnswer()
    {
        using var response = await AskAsync("desk", "i-student");

        var chunks = (await EventsAsync(response))[..^1].Select(e => JsonDocument.Parse(e).RootElement).ToList();
        Delta(chunks[1]).GetProperty("content").GetString().ShouldBe("rooms");
        (await host.RecordsAsync("desk")).Single(r => r.Interaction.Id == "i-student").Interaction.Confidence.ShouldNotBeNull();
    }

    [Fact]
    public async Task Stream_Latency_IsMeasuredToTheFirstAndTheLastPiece()
    {
        async IAsyncEnumerable<AnswerPiece> Script(ModelRequest _, [EnumeratorCancellation] CancellationToken token = default)
        {
            await Task.Yield();
            host.Clock.Advance(TimeSpan.FromMilliseconds(300));
            yield return new AnswerPiece { Text = "x" };
            host.Clock.Advance(TimeSpan.FromMilliseconds(900));
            yield return new AnswerPiece { End = End };
        }
        await host.AddScriptedAsync("slow", new ScriptedModel(Script));

        using var response = await AskAsync("slow");
        await EventsAsync(response);

        var record = await RecordAsync("slow");
        (record.FirstTokenMs, record.LatencyMs).ShouldBe((300, 1200));
    }

    [Fact]
    public async Task Stream_ModelBreaksInTheMiddle_ErrorEventAndErrorRecord()
    {
        await host.AddScriptedAsync("torn", Pieces(new AnswerPiece { Text = "half" }));

        using var response = await AskAsync("torn");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var events = await EventsAsync(response);
        var error = JsonDocument.Parse(events[^1]).RootElement.GetProperty("error");
        (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()).ShouldBe(("server_error", "model_failed"));
        events.ShouldNotContain("[DONE]");
        var record = await RecordAsync("torn");
        (record.Error, record.Output).ShouldBe((AgentGateway.ModelFailed, null));
    }

    [Theory]
    [InlineData(true, HttpStatusCode.ServiceUnavailable)]
    [InlineData(false, HttpStatusCode.BadGateway)]
    public async Task Stream_ModelFailsBeforeItsFirstPiece_GivesAStatus(bool transient, HttpStatusCode expected)
    {
        var agent = transient ? "busy" : "bad";
        await host.AddScriptedAsync(agent, new ScriptedModel(_ => throw (transient ? new TransientException("later") : new InvalidOperationException("never"))));

        using var response = await AskAsync(agent);

        response.StatusCode.ShouldBe(expected);
        (response.Headers.RetryAfter is not null).ShouldBe(transient);
        (await ApiHost.JsonAsync(response)).GetProperty("error").GetProperty("type").GetString().ShouldBe("server_error");
        (await RecordAsync(agent)).Error.ShouldBe(AgentGateway.ModelFailed);
    }

    [Fact]
    public async Task Stream_ChallengerFailsBeforeItsFirstPiece_ChampionStreamsAndTheRecordIsTheChallengers()
    {
        await host.AddScriptedAsync("trial", Pieces(new() { Text = "champion" }, new() { End = End }), new ScriptedModel(_ => throw new InvalidOperationException("no")));
        await host.Get<RoutingStore>().ChangeAsync("trial", t => RoutingChanges.StartExperiment(t, new ExperimentRoute("x9", "v2", 0.99, host.Clock.GetUtcNow())), "run");
        var key = Enumerable.Range(0, 100).Select(i => $"k{i}").First(k => Deployment.Serving.Router.Bucket("x9", k) < 0.99);

        using var response = await AskAsync("trial", user: key);

        response.Headers.GetValues("x-selfimprove-version").Single().ShouldBe("v1");
        response.Headers.GetValues("x-selfimprove-experiment").Single().ShouldBe("x9");
        (await EventsAsync(response))[1].ShouldContain("champion");
        var record = await RecordAsync("trial");
        (record.Version, record.Error, record.Output!.Text, record.Routing!.Challenger).ShouldBe(("v2", AgentGateway.ChallengerFailed, "champion", true));
    }

    [Fact]
    public async Task Stream_Paused_Gives503WithRetryAfter()
    {
        await host.AddAgentAsync("resting");
        await host.Get<RoutingStore>().ChangeAsync("resting", t => RoutingChanges.Pause(t, new PausedRoute("run", null, host.Clock.GetUtcNow().AddMinutes(2))), "run");

        using var response = await AskAsync("resting");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Stream_CallerLeavesInTheMiddle_IsRecordedWithWhatWasSentAndTheModelIsStopped()
    {
        var stopped = new TaskCompletionSource();
        async IAsyncEnumerable<AnswerPiece> Script(ModelRequest _, [EnumeratorCancellation] CancellationToken token = default)
        {
            yield return new AnswerPiece { Text = "sent" };
            using var left = token.Register(stopped.SetResult);
            await stopped.Task;
            token.ThrowIfCancellationRequested();
            yield return new AnswerPiece { Text = " never" };
        }
        await host.AddScriptedAsync("left", new ScriptedModel(Script));

        using (var response = await AskAsync("left"))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            using var reader = new StreamReader(body);
            while ((await reader.ReadLineAsync())!.Contains("sent", StringComparison.Ordinal) is false)
            {
            }
        }

        await stopped.Task;
        var record = await RecordAsync("left");
        (record.Output!.Text, record.Error, record.Trainable).ShouldBe(("sent", null, false));
        record.Tags.ShouldNotBeNull().ShouldBe([new(AgentGateway.StreamTag, AgentGateway.CallerLeft)]);
    }

    private static JsonElement Delta(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");

    /// <summary>A model that streams these; without an end it breaks off.</summary>
    private static ScriptedModel Pieces(params AnswerPiece[] pieces)
    {
        async IAsyncEnumerable<AnswerPiece> Script(ModelRequest _, [EnumeratorCancellation] CancellationToken token = default)
        {
            await Task.Yield();
            foreach (var piece in pieces) yield return piece;
            if (pieces[^1].End is null) throw new IOException("the connection was reset");
        }
        return new ScriptedModel(Script);
    }

    private async Task<HttpResponseMessage> AskAsync(string agent, string? id = null, string user = "ann", string? extra = null)
    {
        var options = extra is null ? "" : $",\"stream_options\":{extra[1..]}";
        var message = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"{{agent}}","messages":[{"role":"user","content":"book a room for the meeting"}],"user":"{{user}}","stream":true{{options}}}""",
                Encoding.UTF8, "application/json"),
        };
        if (id is not null) message.Headers.Add("x-interaction-id", id);
        return await host.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<List<string>> EventsAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldEndWith("\n\n");
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e.ShouldStart("data: "))];
    }

    /// <summary>The one record there is; the host writes it when the stream is closed, which the client does not wait for.</summary>
    private async Task<Interaction> RecordAsync(string agent)
    {
        for (var i = 0; i < 500; i++)
            if (await host.RecordsAsync(agent) is [var only]) return only.Interaction;
        throw new InvalidOperationException($"{agent} has no record.");
    }
}

file static class Lines
{
    public static string ShouldStart(this string line, string prefix)
    {
        line.ShouldStartWith(prefix);
        return line[prefix.Length..];
    }
}
