using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Azure.Tests.Models;
using SelfImprove.Deployment.Targets;
using SelfImprove.Durable;
using SelfImprove.Local.Hosting;
using SelfImprove.Orchestration;
using SelfImprove.Testing;

namespace SelfImprove.Azure.Tests.Deployment;

/// <summary>
/// The whole way of a version on an online endpoint: a reference to a model of the workspace is registered, deployed, promoted, and asked through the gateway,
/// and the request that the inference server gets names the deployment.
/// </summary>
public sealed class ServedThroughGatewayTests : IAsyncLifetime
{
    private const string Agent = "helpdesk";

    private readonly TemporaryFolder _folder = new();
    private readonly VirtualClock _clock = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly FakeOnlineEndpoints _online = new();
    private FakeArm _arm = null!;
    private FakeModelServer _server = null!;
    private LocalHost _host = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _arm = await FakeArm.StartAsync(_clock, new FakeWorkspace(), _online);
        (_arm.Operations.Looks, _arm.Operations.Duration) = (0, TimeSpan.FromMinutes(3));
        _server = (await FakeModelServer.StartAsync()).Reply(c => FakeModelServer.JsonAsync(
            c.Response, 200, FakeModelServer.Completion("said by " + (c.Request.Headers["azureml-model-deployment"].FirstOrDefault() ?? "whoever has the traffic"))));
        var settings = new JsonObject
        {
            ["models"] = new JsonObject { ["endpoints"] = new JsonObject { ["ml-helpdesk"] = new JsonObject
            {
                ["url"] = _server.Url.ToString(), ["auth"] = "none", ["allowPrivate"] = true, ["deploymentHeader"] = "azureml-model-deployment",
            } } },
            ["deployment"] = new JsonObject
            {
                ["subscription"] = FakeWorkspace.Subscription, ["resourceGroup"] = "ml", ["workspace"] = "lab", ["location"] = "eastus2",
                ["onlineProfiles"] = new JsonObject { ["gpu"] = new JsonObject
                {
                    ["endpoint"] = "si-{agent}", ["modelEndpoint"] = "ml-{agent}", ["environment"] = "azureml:vllm:3", ["instanceType"] = "Standard_NC24ads_A100_v4",
                } },
            },
        };
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "appsettings.json"), settings.ToJsonString());
        _host = await LocalHost.StartAsync(new LocalHostOptions
        {
            Folder = _folder.Path, Urls = null, LockStep = true, Clock = _clock, Quiet = true, Services = s => s.AddSingleton(_ => _arm.Client()),
        });
        _http = _host.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _server.DisposeAsync();
        await _arm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Version_DeployedToAnOnlineEndpoint_AnswersUnderItsHeader()
    {
        await PutManifestAsync();
        (await AddAsync("openai:ml-helpdesk/by-hand")).ShouldBe(("v1", "reference"), "the first answers where it is");
        (await AddAsync("azureml:helpdesk/2")).ShouldBe(("v2", "reference"), "a later one may wait for its deployment");
        (await AskAsync()).ShouldBe("said by by-hand");

        var instance = await _host.Services.GetRequiredService<VersionDeployer>().StartAsync(Agent, "v2");
        for (var i = 0; i < 40 && (await StateAsync(instance)).OutputAs<DeployOutput>() is null; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await _host.RunUntilIdleAsync();
        }
        (await StateAsync(instance)).OutputAs<DeployOutput>().ShouldBe(new DeployOutput("openai:ml-helpdesk/helpdesk-v2", null));
        (await PostAsync($"api/agents/{Agent}/rollback", new { version = "v2" }))["champion"]!.GetValue<string>().ShouldBe("v2");
        _clock.Advance(TimeSpan.FromSeconds(6));

        (await AskAsync()).ShouldBe("said by helpdesk-v2");
        var asked = _server.Seen.Last();
        (asked.Headers["azureml-model-deployment"], asked.Json["model"]!.GetValue<string>(), asked.Path).ShouldBe(("helpdesk-v2", "helpdesk-v2", "/v1/chat/completions"));
        _online.Find("si-helpdesk", "helpdesk-v2")!["properties"]!["environmentVariables"]!["SERVED_MODEL_NAME"]!.GetValue<string>().ShouldBe("helpdesk-v2", "the server knows the model by the same name");
    }

    [Fact]
    public async Task Version_FirstOneThatIsDeployedNowhere_IsRefused()
    {
        await PutManifestAsync();
        using var refused = await _http.PostAsJsonAsync($"api/agents/{Agent}/versions", new { model = "azureml:helpdesk/1" });

        ((int)refused.StatusCode).ShouldBe(400);
        (await refused.Content.ReadAsStringAsync()).ShouldSatisfyAllConditions(
            t => t.ShouldContain("would serve at once"), t => t.ShouldContain("azureml:"), t => t.ShouldContain("openai:"));
    }

    private async Task<OrchestrationState> StateAsync(string instance) => (await _host.Services.GetRequiredService<IOrchestrationClient>().GetAsync(instance))!;

    private async Task PutManifestAsync()
    {
        using var put = await _http.PutAsJsonAsync($"api/agents/{Agent}", new
        {
            agent = Agent,
            goal = new { metric = "helpful", value = 0.05 },
            metrics = new[] { new { name = "helpful" } },
            task = new { output = "text" },
            student = new { trainer = "azureml" },
            evaluation = new { evaluator = "tokenF1" },
            triggers = new[] { new { kind = "request" } },
            deployment = new { target = "azureml-endpoint", profile = "gpu" },
        });
        put.IsSuccessStatusCode.ShouldBeTrue(await put.Content.ReadAsStringAsync());
    }

    private async Task<(string Id, string? Origin)> AddAsync(string model)
    {
        var version = await PostAsync($"api/agents/{Agent}/versions", new { model });
        return (version["id"]!.GetValue<string>(), version["origin"]?.GetValue<string>());
    }

    private async Task<string> AskAsync() =>
        (await PostAsync("v1/chat/completions", new { model = Agent, messages = new[] { new { role = "user", content = "hello" } } }))["choices"]![0]!["message"]!["content"]!.GetValue<string>();

    private async Task<JsonNode> PostAsync(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
