using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Api.Gateway;
using SelfImprove.Local.Hosting;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Telemetry;
using SelfImprove.Testing;
using SelfImprove.Testing.Models;
using SelfImprove.Testing.Telemetry;
using Xunit.Abstractions;

namespace SelfImprove.Local.Tests.Telemetry;

/// <summary>Requests to the gateway of the real host, as spans and measurements.</summary>
[Collection(TelemetryCollection.Name)]
public sealed class GatewayTelemetryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Agent = "booker", Secret = "a very private question";
    private const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedModels _models = new();
    private LocalHost _host = null!;
    private HttpClient _http = null!;
    private Func<ModelRequest, ModelAnswer> _answer = _ => throw new TransientException("no place free");

    public async Task InitializeAsync()
    {
        var reference = _models.Add("v1", new ScriptedModel(request => _answer(request)));
        _host = await LocalHost.StartAsync(new LocalHostOptions
        {
            Folder = _folder.Path, Urls = null, LockStep = true, Quiet = true, Services = services => services.AddSingleton<IModelSource>(_models),
        });
        _http = _host.CreateClient();
        await _host.Services.GetRequiredService<ManifestStore>().PutAsync(new AgentManifest
        {
            Agent = Agent,
            Goal = new GoalSettings { Metric = "helpful", Value = 0.05m },
            Metrics = [new MetricSettings { Name = "helpful" }],
            Task = new TaskSettings { Output = TaskOutput.Text },
            Teachers = [new TeacherSettings { Name = "people", Kind = TeacherKind.People, Price = 0.25m, Accuracy = 0.99 }],
            Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
            Evaluation = new EvaluationSettings { Evaluator = "tokenF1" },
        });
        await _host.Services.GetRequiredService<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = reference });
        _answer = _ => new ModelAnswer
        {
            Output = new AgentOutput(null, [new ToolCall("book_room", """{"room":"a hidden room"}""")]), InputTokens = 120, OutputTokens = 9, CostUsd = 0.002m,
        };
    }

    [Fact]
    public async Task Request_WithTools_IsASpanWithAModelCallInside_AndItsTraceIsKept()
    {
        using var recorder = new TelemetryRecorder();

        var id = (await AskAsync(stream: false)).GetProperty("id").GetString();

        var gateway = recorder.Spans.Single(s => s.OperationName == $"invoke_agent {Agent}");
        gateway.Kind.ShouldBe(ActivityKind.Server);
        gateway.TraceId.ToString().ShouldBe("0af7651916cd43dd8448eb211c80319c", "the caller's trace goes on");
        gateway.Tag(TelemetryNames.Operation).ShouldBe("invoke_agent");
        gateway.Tag(TelemetryNames.Provider).ShouldBe("selfimprove");
        gateway.Tag(TelemetryNames.AgentName).ShouldBe(Agent);
        gateway.Tag(TelemetryNames.AgentVersion).ShouldBe("v1");
        gateway.Tag(TelemetryNames.RequestModel).ShouldBe(Agent);
        gateway.Tag(TelemetryNames.ResponseId).ShouldBe(id);
        gateway.Tag(TelemetryNames.Tools).ShouldBe(1);
        gateway.Tag(TelemetryNames.FinishReasons).ShouldBe(new[] { "tool_calls" });
        gateway.Tag(TelemetryNames.InputTokens).ShouldBe(120);
        gateway.Tag(TelemetryNames.OutputTokens).ShouldBe(9);
        gateway.Status.ShouldBe(ActivityStatusCode.Unset);

        var call = recorder.Spans.Single(s => s.OperationName == "chat v1");
        call.ParentSpanId.ShouldBe(gateway.SpanId);
        call.Tag(TelemetryNames.Provider).ShouldBe("scripted");
        call.Tag(TelemetryNames.FinishReasons).ShouldBe(new[] { "tool_calls" });

        recorder.Of("gen_ai.client.token.usage").Select(m => (m.Value, m[TelemetryNames.TokenType])).ShouldBe([(120, "input"), (9, "output")], ignoreOrder: true);
        recorder.Of("gen_ai.client.operation.duration").ShouldHaveSingleItem()[TelemetryNames.RequestModel].ShouldBe("v1");
        recorder.Of("gen_ai.invoke_agent.duration").ShouldHaveSingleItem()[TelemetryNames.AgentVersion].ShouldBe("v1");
        recorder.Of("selfimprove.model.cost").ShouldHaveSingleItem().Value.ShouldBe(0.002, 1e-9);
        recorder.Of("selfimprove.gateway.requests").ShouldHaveSingleItem()[TelemetryNames.Outcome].ShouldBe("answered");

        (await RecordsAsync()).Single().GetProperty("traceparent").GetString().ShouldBe(gateway.Id);
        var told = recorder.Everything();
        foreach (var content in (string[])[Secret, "hidden room", "book_room"]) told.ShouldNotContain(content);
    }

    [Fact]
    public async Task Stream_EndsItsSpanWithItsLastPiece()
    {
        using var recorder = new TelemetryRecorder();

        await AskAsync(stream: true);

        var gateway = recorder.Spans.Single(s => s.OperationName == $"invoke_agent {Agent}");
        gateway.Tag(TelemetryNames.RequestStream).ShouldBe(true);
        gateway.Tag(TelemetryNames.FinishReasons).ShouldBe(new[] { "tool_calls" });
        gateway.Tag(TelemetryNames.TimeToFirstChunk).ShouldBeOfType<double>();
        var call = recorder.Spans.Single(s => s.OperationName == "chat v1");
        call.ParentSpanId.ShouldBe(gateway.SpanId);
        call.Tag(TelemetryNames.OutputTokens).ShouldBe(9);
        recorder.Of("gen_ai.invoke_agent.duration").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Failures_AreTold_ByTheirClassAlone()
    {
        _answer = _ => throw new TransientException($"could not answer: {Secret}");
        using var recorder = new TelemetryRecorder();

        using (await PostAsync(Agent, stream: false)) { }
        using (await PostAsync("no such agent: " + Secret, stream: false)) { }

        var failed = recorder.Spans.Single(s => s.OperationName == $"invoke_agent {Agent}");
        failed.Status.ShouldBe(ActivityStatusCode.Error);
        failed.Tag(TelemetryNames.ErrorType).ShouldBe(nameof(TransientException));
        failed.Tag(TelemetryNames.Outcome).ShouldBe("unavailable");
        recorder.Spans.Single(s => s.OperationName == "chat v1").Tag(TelemetryNames.ErrorType).ShouldBe(nameof(TransientException));
        recorder.Spans.Single(s => s.OperationName == "invoke_agent (unknown)").Tag(TelemetryNames.Outcome).ShouldBe("unknown_agent");
        recorder.Of("selfimprove.gateway.requests").Select(m => (m[TelemetryNames.AgentName], m[TelemetryNames.Outcome]))
            .ShouldBe([(Agent, "unavailable"), ("(unknown)", "unknown_agent")]);
        recorder.Everything().ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Request_NobodyListens_KeepsTheCallersTrace()
    {
        await AskAsync(stream: false);

        (await RecordsAsync()).Single().GetProperty("traceparent").GetString().ShouldBe(Caller);
    }

    [Fact]
    public async Task Request_NobodyListens_SavesAllThatTelemetryCosts()
    {
        var quiet = await BytesAsync();
        using var recorder = new TelemetryRecorder();
        var loud = await BytesAsync();

        output.WriteLine($"Bytes allocated for one request: {quiet} where nobody listens, {loud} where somebody does.");
        quiet.ShouldBeLessThan(loud - 1_000);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<long> BytesAsync()
    {
        var gateway = _host.Services.GetRequiredService<AgentGateway>();
        var request = new GatewayRequest { Agent = Agent, Messages = [ChatMessage.User(Secret)] };
        long before = 0;
        for (var i = -20; i < 200; i++)
        {
            if (i == 0) before = GC.GetTotalAllocatedBytes(precise: true);
            await gateway.AnswerAsync(request);
        }
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / 200;
    }

    private async Task<JsonElement> AskAsync(bool stream)
    {
        using var answer = await PostAsync(Agent, stream);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return stream ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task<HttpResponseMessage> PostAsync(string agent, bool stream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                model = agent, stream, messages = new[] { new { role = "user", content = Secret } },
                tools = new[] { new { type = "function", function = new { name = "book_room", parameters = new { type = "object" } } } },
            }),
        };
        request.Headers.TryAddWithoutValidation("traceparent", Caller);
        return await _http.SendAsync(request);
    }

    private async Task<List<JsonElement>> RecordsAsync()
    {
        await _host.Services.GetRequiredService<Monitoring.Log.EventLog>().DrainAsync();
        var (store, records) = (_host.Services.GetRequiredService<IObjectStore>(), new List<JsonElement>());
        await foreach (var entry in store.ListAsync($"log/{Agent}/"))
            records.AddRange(System.Text.Encoding.UTF8.GetString((await store.ReadAsync(entry.Path))!.Bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("interaction")));
        return records;
    }
}
