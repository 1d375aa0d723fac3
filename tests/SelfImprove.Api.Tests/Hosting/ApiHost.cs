using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Durable;
using SelfImprove.Local.Hosting;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Testing.Models;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Api.Tests.Hosting;

/// <summary>The real host on a loopback port, in lock-step over a folder of its own, with one agent that chooses among three labels.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    public const string Agent = "desk";

    public static readonly TextExample[] Rows =
    [
        .. Enumerable.Range(0, 12).SelectMany(i => new[]
        {
            new TextExample($"please book a room for meeting {i}", "rooms"),
            new TextExample($"my laptop screen is broken again {i}", "repair"),
            new TextExample($"reimburse the taxi receipt number {i}", "expenses"),
        }),
    ];

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "selfimprove-api-" + Guid.NewGuid().ToString("n"));

    public VirtualClock Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    public LocalHost Host { get; private set; } = null!;

    public ScriptedModels Models { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public string Folder => _folder;

    public static AgentManifest Manifest(string agent = Agent) => new()
    {
        Agent = agent,
        Goal = new GoalSettings { Metric = "helpful", Value = 0.05m },
        Metrics = [new MetricSettings { Name = "helpful" }],
        Task = new TaskSettings { Output = TaskOutput.Label, Labels = ["rooms", "repair", "expenses"] },
        Teachers = [new TeacherSettings { Name = "people", Kind = TeacherKind.People, Price = 0.25m, Accuracy = 0.99 }],
        Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
    };

    public T Get<T>() where T : notnull => Host.Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        Host = await LocalHost.StartAsync(new LocalHostOptions { Folder = _folder, Urls = "http://127.0.0.1:0", Clock = Clock, LockStep = true, Quiet = true, Services = s => s.AddSingleton<IModelSource>(Models) });
        Http = new HttpClient { BaseAddress = new Uri(Host.Url + "/") };
        await AddAgentAsync(Agent);
    }

    public async Task<AgentVersion> AddAgentAsync(string agent)
    {
        var manifest = Manifest(agent);
        await Get<ManifestStore>().PutAsync(manifest);
        return await Get<StartingVersion>().RegisterAsync(manifest, Rows, "test");
    }

    /// <summary>An agent of free text whose versions are models that the test brings: the first serves.</summary>
    public async Task AddScriptedAsync(string agent, params IChatModel[] models)
    {
        await Get<ManifestStore>().PutAsync(Manifest(agent) with { Task = new TaskSettings { Output = TaskOutput.Text }, Evaluation = new EvaluationSettings { Evaluator = "tokenF1" } });
        for (var i = 0; i < models.Length; i++)
            await Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = agent, Model = Models.Add($"{agent}-{i + 1}", models[i]) });
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string body, string type = "application/json", params (string Name, string Value)[] headers)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (type.Length > 0) message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        foreach (var (name, value) in headers) message.Headers.TryAddWithoutValidation(name, value);
        return Http.SendAsync(message);
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    /// <summary>What the log holds of an agent, after a drain.</summary>
    public async Task<IReadOnlyList<ObservedInteraction>> RecordsAsync(string agent)
    {
        await Get<EventLog>().DrainAsync();
        await Get<Monitoring.Aggregation.Aggregator>().FoldAsync(agent);
        var found = new List<ObservedInteraction>();
        await foreach (var observed in Get<ObservedLog>().ReadAsync(agent, Clock.GetUtcNow() - TimeSpan.FromDays(1), Clock.GetUtcNow() + TimeSpan.FromDays(1))) found.Add(observed);
        return found;
    }
}
