using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Api.Gateway;
using SelfImprove.Api.Security;
using SelfImprove.Local.Hosting;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Orchestration;
using SelfImprove.Testing.Models;
using SelfImprove.Testing.Node;

namespace SelfImprove.Azure.Tests.Gateway;

/// <summary>OpenAI's own client for JavaScript against the real host on a loopback port. One run of the client; each test looks at a part of what it saw.</summary>
public sealed class OpenAiClientTests(OpenAiClientTests.ClientRun run) : IClassFixture<OpenAiClientTests.ClientRun>
{
    private JsonElement Seen(string part) => run.Seen.GetProperty(part);

    [Fact]
    public void Chat_AnswersWithUsageAndARequestId()
    {
        var chat = Seen("chat");
        chat.GetProperty("text").GetString().ShouldBe("hello there");
        chat.GetProperty("finish").GetString().ShouldBe("stop");
        chat.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(4);
        chat.GetProperty("id").GetString()!.ShouldStartWith("chatcmpl-");
        chat.GetProperty("requestId").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Tools_CallComesBackAndItsResultGoesIn()
    {
        foreach (var part in new[] { "tools", "streamedTools" })
        {
            Seen(part).GetProperty("finish").GetString().ShouldBe("tool_calls");
            Seen(part).GetProperty("name").GetString().ShouldBe("weather");
            Seen(part).GetProperty("arguments").GetProperty("city").GetString().ShouldBe("Oslo");
        }
        Seen("tools").GetProperty("answer").GetString().ShouldBe("It says: -3 degrees");
    }

    [Fact]
    public void Stream_ChunksMakeTheSameText()
    {
        var stream = Seen("stream");
        stream.GetProperty("role").GetString().ShouldBe("assistant");
        stream.GetProperty("text").GetString().ShouldBe("one two three");
        stream.GetProperty("pieces").GetInt32().ShouldBe(6);
        stream.GetProperty("finish").EnumerateArray().Select(f => f.GetString()).ShouldBe(["stop"]);
        stream.GetProperty("usage").GetProperty("completion_tokens").GetInt32().ShouldBe(3);
        stream.GetProperty("ids").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Stream_BrokenOffByTheModel_ThrowsAtTheClientAndIsRecordedAsAnError()
    {
        Seen("torn").GetProperty("threw").GetBoolean().ShouldBeTrue();
        Seen("torn").GetProperty("partial").GetString().ShouldBe("half");
        Seen("torn").GetProperty("code").GetString().ShouldBe("model_failed");
        (await run.RecordsAsync("torn")).Single().Error.ShouldBe(AgentGateway.ModelFailed);
    }

    [Fact]
    public async Task Stream_LeftByTheClient_IsRecordedWithWhatWasSent()
    {
        var record = (await run.RecordsAsync("endless")).Single();
        record.Output!.Text!.ShouldStartWith("and so on");
        record.Tags.ShouldNotBeNull()[AgentGateway.StreamTag].ShouldBe(AgentGateway.CallerLeft);
    }

    [Fact]
    public void ImagesAndSchema_ReachTheModel() => Seen("formed").GetProperty("what").GetString().ShouldBe("reply of image/png, what is it?");

    [Fact]
    public void Models_ListAndGet()
    {
        Seen("models").GetProperty("listed").EnumerateArray().Select(m => m.GetString()).ShouldBe(
            ["echo", "tools", "torn", "endless", "formed", "paused", "flaky"], ignoreOrder: true);
        Seen("models").GetProperty("one").GetString().ShouldBe("echo");
        ShouldFail(Seen("models").GetProperty("unknown"), "NotFoundError", 404, "model_not_found");
    }

    [Fact]
    public void Errors_HaveTheClientsOwnTypes()
    {
        ShouldFail(Seen("unknown"), "NotFoundError", 404, "model_not_found");
        ShouldFail(Seen("badKey"), "AuthenticationError", 401, "unauthenticated");
        ShouldFail(Seen("malformed"), "BadRequestError", 400, "invalid_value");
        Seen("malformed").GetProperty("param").GetString().ShouldBe("messages[0].role");
        foreach (var part in new[] { "paused", "pausedStream" })
        {
            ShouldFail(Seen(part), "InternalServerError", 503, "paused");
            Seen(part).GetProperty("retryAfter").GetString().ShouldBe("3600");
        }
    }

    [Fact]
    public async Task Busy_IsTriedAgainByTheClientItself()
    {
        Seen("retried").GetString().ShouldBe("at last");
        (await run.RecordsAsync("flaky")).Select(r => r.Error).ShouldBe([AgentGateway.ModelFailed, null], ignoreOrder: true);
    }

    private static void ShouldFail(JsonElement error, string kind, int status, string code)
    {
        error.GetProperty("threw").GetBoolean().ShouldBeTrue();
        (error.GetProperty("kind").GetString(), error.GetProperty("status").GetInt32(), error.GetProperty("code").GetString()).ShouldBe((kind, status, code));
        error.GetProperty("requestId").GetString().ShouldNotBeNullOrEmpty();
    }

    /// <summary>The host with its agents, and one run of the client.</summary>
    public sealed class ClientRun : IAsyncLifetime
    {
        private readonly string _folder = Path.Combine(Path.GetTempPath(), "selfimprove-client-" + Guid.NewGuid().ToString("n"));
        private readonly ScriptedModels _models = new();
        private LocalHost _host = null!;

        public JsonElement Seen { get; private set; }

        public async Task InitializeAsync()
        {
            _host = await LocalHost.StartAsync(new LocalHostOptions
            {
                Folder = _folder, Urls = "http://127.0.0.1:0", LockStep = true, Quiet = true, Services = s => s.AddSingleton<IModelSource>(_models),
            });
            await AddAgentsAsync();
            var key = _host.Services.GetRequiredService<ApiKeyFile>().Add("client", ApiRoles.Ingest);
            var script = Path.Combine(NodePackages.Root, "tests", "SelfImprove.Azure.Tests", "Gateway", "client.mjs");
            await using var client = NodeProcess.Start(script, [await NodePackages.FileAsync("openai/package.json"), _host.Url + "/v1", key]);
            (await client.ExitCodeAsync()).ShouldBe(0, client.Output);
            using var document = JsonDocument.Parse(client.Output.Split('\n').Single(l => l.StartsWith("SEEN ", StringComparison.Ordinal))[5..]);
            Seen = document.RootElement.Clone();
        }

        public async Task DisposeAsync()
        {
            await _host.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }

        /// <summary>What the log holds of an agent; at least one, waited for: a stream is recorded when it is closed.</summary>
        public async Task<IReadOnlyList<Interaction>> RecordsAsync(string agent)
        {
            var (log, now) = (_host.Services.GetRequiredService<ObservedLog>(), TimeProvider.System.GetUtcNow());
            for (var i = 0; i < 500; i++)
            {
                await _host.Services.GetRequiredService<EventLog>().DrainAsync();
                await _host.Services.GetRequiredService<Aggregator>().FoldAsync(agent);
                var found = await log.ReadAsync(agent, now.AddDays(-1), now.AddDays(1)).Select(o => o.Interaction).ToListAsync();
                if (found.Count > 0) return found;
            }
            throw new InvalidOperationException($"{agent} has no record.");
        }

        private async Task AddAgentsAsync()
        {
            await AddAsync("echo", new ScriptedModel(EchoAsync));
            await AddAsync("tools", new ScriptedModel(Tools));
            await AddAsync("torn", new ScriptedModel(TornAsync));
            await AddAsync("endless", new ScriptedModel(EndlessAsync));
            await AddAsync("formed", ScriptedModel.Text(r =>
                JsonSerializer.Serialize(new { what = $"{r.Format!.Name} of {r.Messages[^1].Parts![1].ImageUrl!.Split(':', ';')[1]}, {r.LastUserText}" })));
            await AddAsync("paused", ScriptedModel.Text(_ => "never"));
            var calls = 0;
            await AddAsync("flaky", ScriptedModel.Text(_ => Interlocked.Increment(ref calls) == 1 ? throw new TransientException("busy") : "at last"));
            var until = TimeProvider.System.GetUtcNow().AddHours(2);
            await _host.Services.GetRequiredService<RoutingStore>().ChangeAsync("paused", t => RoutingChanges.Pause(t, new PausedRoute("run", null, until)), "run");
        }

        private async Task AddAsync(string agent, IChatModel model)
        {
            await _host.Services.GetRequiredService<ManifestStore>().PutAsync(new AgentManifest
            {
                Agent = agent,
                Goal = new GoalSettings { Metric = "helpful" },
                Metrics = [new MetricSettings { Name = "helpful" }],
                Task = new TaskSettings { Output = TaskOutput.Text },
                Evaluation = new EvaluationSettings { Evaluator = "tokenF1" },
            });
            await _host.Services.GetRequiredService<VersionStore>().RegisterAsync(new VersionDraft { Agent = agent, Model = _models.Add(agent, model) });
        }

        private static async IAsyncEnumerable<AnswerPiece> EchoAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken token = default)
        {
            await Task.Yield();
            var words = request.LastUserText.Split(' ');
            for (var i = 0; i < words.Length; i++) yield return new AnswerPiece { Text = i == 0 ? words[i] : " " + words[i] };
            yield return new AnswerPiece { End = new AnswerEnd(FinishReason.Stop) { InputTokens = 2, OutputTokens = words.Length } };
        }

        private static ModelAnswer Tools(ModelRequest request) => request.Messages[^1] is { Role: "tool" } result
            ? new ModelAnswer { Output = new AgentOutput($"It says: {result.Text}") }
            : new ModelAnswer { Output = new AgentOutput(null, [new ToolCall(request.Tools!.Single().Name, """{"city":"Oslo"}""")]) };

        private static async IAsyncEnumerable<AnswerPiece> TornAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken token = default)
        {
            await Task.Yield();
            yield return new AnswerPiece { Text = "half" };
            throw new IOException("the connection was reset");
        }

        private static async IAsyncEnumerable<AnswerPiece> EndlessAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken token = default)
        {
            yield return new AnswerPiece { Text = "and so on" };
            await Task.Delay(Timeout.Infinite, token);
        }
    }
}
