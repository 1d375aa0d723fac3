using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Durable;
using SelfImprove.Functions.Engine;
using SelfImprove.Orchestration;
using SelfImprove.Testing;

namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>The Functions adapters over the fake hub: an engine for the contract suite.</summary>
internal sealed class FakeDurableHost : IOrchestrationHost
{
    private readonly ServiceProvider _services;
    private readonly DurableOrchestrationClient _client;

    public FakeDurableHost(OrchestrationScript script, CollectingLogger? logger)
    {
        var services = new ServiceCollection().AddSingleton(OrchestrationScript.CreateRegistry()).AddSingleton<DurableOrchestrationClient>();
        services.AddLogging(l =>
        {
            l.SetMinimumLevel(LogLevel.Debug);
            if (logger is not null) l.AddProvider(logger);
        });
        script.AddTo(services);
        _services = services.BuildServiceProvider(validateScopes: true);
        _client = _services.GetRequiredService<DurableOrchestrationClient>();
        Hub = new FakeDurableHub(new VirtualClock(), _services.GetRequiredService<ILoggerFactory>())
        {
            Orchestrate = context => new FakeFunctionContext(_services).OrchestrateAsync(context),
            Act = ActAsync,
        };
        Sdk = new FakeDurableClient(Hub);
        _client.Use(Sdk);
    }

    public FakeDurableHub Hub { get; }

    public FakeDurableClient Sdk { get; }

    public IOrchestrationClient Client => _client;

    public DateTimeOffset Now => Hub.Clock.GetUtcNow();

    /// <summary>Makes the next calls of activities' functions fail as a whole, as a host does that stops or runs out of time.</summary>
    public Queue<Exception> Breakdowns { get; } = [];

    public Task RunUntilIdleAsync() => Hub.RunUntilIdleAsync();

    public Task AdvanceAsync(TimeSpan span)
    {
        Hub.Clock.Advance(span);
        return Hub.RunUntilIdleAsync();
    }

    public async Task<OrchestrationState> RunToEndAsync(string instanceId)
    {
        while (true)
        {
            await RunUntilIdleAsync();
            var state = await Client.GetAsync(instanceId) ?? throw new InvalidOperationException($"There is no instance '{instanceId}'.");
            if (state.HasEnded || Hub.NextTimer is not { } due) return state;
            Hub.Clock.MoveTo(new DateTimeOffset(due));
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task<string> ActAsync(string name, string json)
    {
        if (Breakdowns.TryDequeue(out var breakdown)) throw breakdown;
        if (FunctionTable.All.ContainsKey(name)) return await FunctionTable.ActAsync(name, json, Sdk, _services);
        var call = JsonSerializer.Deserialize<ActivityCall>(json)!;
        name.ShouldBe(call.Activity);
        return JsonSerializer.Serialize(await new FakeFunctionContext(_services).ActAsync(call, Sdk));
    }
}
