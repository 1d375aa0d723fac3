using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;
using SelfImprove.Api.Tests.Security;
using SelfImprove.Durable;
using SelfImprove.Functions.Engine;
using SelfImprove.Functions.Hosting;
using SelfImprove.Monitoring.Log;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>The app's services and functions as a Functions host would call them, over a fake task hub and a store in memory.</summary>
internal sealed class FunctionsApp : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private FunctionsApp(VirtualClock clock, CountingStore store)
    {
        (Clock, Store) = (clock, store);
        var file = new ApiKeyFile(Path.Combine(Path.GetTempPath(), $"selfimprove-{Guid.NewGuid():n}.json"), TimeProvider.System);
        foreach (var role in new[] { ApiRoles.Ingest, ApiRoles.Operate, ApiRoles.Approve }) Keys[role] = file.Add(role.ToString().ToLowerInvariant(), role);
        var settings = new FunctionsSettings("unused", file.Keys, null, ExportsTelemetry: false);
        foreach (var role in Keys.Keys) file.Remove(role.ToString().ToLowerInvariant());

        var services = new ServiceCollection().AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton<TimeProvider>(clock).AddSingleton<IObjectStore>(store).AddStoreParts().AddFunctionsHost(settings);
        services.AddSingleton(new ApiAuthentication(AlwaysAsked: true, Tenant.Tokens(clock)));
        services.AddRouting();
        _services = services.BuildServiceProvider(validateScopes: true);
        Hub = new FakeDurableHub(clock, _services.GetRequiredService<ILoggerFactory>())
        {
            Orchestrate = context => FunctionTable.OrchestrateAsync(context, _services),
            Act = (name, json) => FunctionTable.ActAsync(name, json, Sdk!, _services),
        };
        Sdk = new FakeDurableClient(Hub);
    }

    public VirtualClock Clock { get; }

    public CountingStore Store { get; }

    public TestTenant Tenant { get; } = new();

    public Dictionary<ApiRoles, string> Keys { get; } = [];

    public FakeDurableHub Hub { get; }

    public FakeDurableClient Sdk { get; }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public static Task<FunctionsApp> OpenAsync() =>
        Task.FromResult(new FunctionsApp(new VirtualClock(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero)), new CountingStore(new WorldStore())));

    public async Task AddAgentAsync(string agent, params TriggerSettings[] triggers) => await Get<ManifestStore>().PutAsync(new AgentManifest
    {
        Agent = agent,
        Goal = new GoalSettings { Metric = "helpful", Value = 0.05m },
        Metrics = [new MetricSettings { Name = "helpful" }],
        Task = new TaskSettings { Output = TaskOutput.Label, Labels = ["rooms", "repair", "expenses"] },
        Teachers = [new TeacherSettings { Name = "people", Kind = TeacherKind.People, Price = 0.25m, Accuracy = 0.99 }],
        Triggers = triggers.Length > 0 ? triggers : [new TriggerSettings { Kind = TriggerKind.Request }],
    });

    /// <summary>Adds an agent that serves.</summary>
    public async Task AddServingAgentAsync(string agent, params TriggerSettings[] triggers)
    {
        await AddAgentAsync(agent, triggers);
        TextExample[] rows = [.. Enumerable.Range(0, 4).SelectMany(i => new TextExample[] { new($"book a room {i}", "rooms"), new($"my laptop broke {i}", "repair"), new($"taxi receipt {i}", "expenses") })];
        await Get<StartingVersion>().RegisterAsync((await Get<ManifestStore>().GetAsync(agent))!.Manifest, rows, "person:test");
    }

    /// <summary>One tick of a timer.</summary>
    public Task TickAsync(string timer) => FunctionTable.TickAsync(timer, Sdk, _services);

    /// <summary>Calls a route's function as the host's ASP.NET Core integration does; gives status and body.</summary>
    public async Task<(int Status, string Body)> SendAsync(string route, string? authorization, byte[]? body)
    {
        await using var scope = _services.CreateAsyncScope();
        var of = ApiRoutes.All.Single(r => r.Name == route);
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var answer = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        (http.Request.Method, http.Request.Scheme, http.Request.Host, http.Request.Path) = (of.Method, "http", new HostString("localhost"), RouteRoleTable.Address(of));
        foreach (var (name, value) in RouteRoleTable.Values)
            if (of.Pattern.Contains($"{{{name}}}", StringComparison.Ordinal)) http.Request.RouteValues[name] = value;
        if (authorization is not null) http.Request.Headers.Authorization = authorization;
        if (body is not null) (http.Request.Body, http.Request.ContentLength, http.Request.ContentType) = (new MemoryStream(body), body.Length, "application/json");
        var result = await FunctionTable.AnswerAsync(route, http.Request, Sdk);
        await result.ExecuteAsync(http);
        await http.Response.CompleteAsync();
        return (http.Response.StatusCode, System.Text.Encoding.UTF8.GetString(answer.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        await Get<EventLog>().DrainAsync();
        await _services.DisposeAsync();
        Tenant.Dispose();
    }
}
