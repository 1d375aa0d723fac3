using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Azure.Tests.Models;

/// <summary>An agent whose teachers are models of endpoints, over a store in memory and the durable engine on virtual time.</summary>
internal sealed class TeacherWorld : IAsyncDisposable
{
    private readonly LocalFolderStore _store = MemoryStores.Open();
    private DurableHarness _harness = null!;
    private RunRef _run = null!;
    private int _id;

    public EndpointWorld Endpoint { get; private init; } = null!;

    public async Task<decimal> SpentAsync() => await _harness.Services.GetRequiredService<SpendBook>().OfRunAsync(_run);

    public static async Task<TeacherWorld> StartAsync(BudgetSettings? budget, params TeacherSettings[] teachers)
    {
        var world = new TeacherWorld { Endpoint = await EndpointWorld.StartAsync(("models:endpoints:main:limits:attempts", "1")) };
        world._harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddDataGeneration(), services => services
            .AddSingleton<IObjectStore>(world._store)
            .AddSingleton<ManifestStore>().AddSingleton<PinnedManifests>().AddSingleton<RoutingStore>().AddSingleton<VersionStore>().AddSingleton<SpendBook>()
            .AddSingleton<FactBook>().AddSingleton<LeaseBook>().AddSingleton<RunGuard>()
            .AddSingleton(p => new IntentJournal(world._store, p.GetRequiredService<TimeProvider>(), Guid.NewGuid))
            .AddSingleton(world.Endpoint.Services.GetRequiredService<ModelCatalog>())
            .AddSingleton<ReadObserved>((_, _, _) => AsyncEnumerable.Empty<SelfImprove.Monitoring.Events.ObservedInteraction>())
            .AddDataGeneration());
        var revision = await world._harness.Services.GetRequiredService<ManifestStore>().PutAsync(new AgentManifest
        {
            Agent = "desk",
            Description = "Routes tickets",
            Goal = new GoalSettings { Metric = "helpful", Target = 0.9 },
            Metrics = [new MetricSettings { Name = "helpful" }],
            Task = new TaskSettings { Output = TaskOutput.Label, Labels = ["billing", "access"] },
            Teachers = teachers,
            Budget = budget ?? new BudgetSettings(),
        });
        world._run = new RunRef("desk", "desk-0001", 1, revision.Revision);
        await world._harness.Services.GetRequiredService<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent("desk"), "desk-0001");
        return world;
    }

    public static TeacherSettings Model(string name, decimal price = 0) => new() { Name = name, Model = $"openai:main/{name}", Price = price };

    public async Task<OrchestrationState> LabelAsync(string teacher, int count)
    {
        var path = $"runs/desk/desk-0001/items-{teacher}.jsonl";
        await JsonLines.WriteOnceAsync(_store, path, Enumerable.Range(0, count).Select(i => new LabelItem($"i{i}", [ChatMessage.User($"question {i}")], "all")).ToList());
        var id = $"desk-0001/t{++_id}";
        await _harness.Client.StartAsync(LabelItems.Ref, id, new LabelInput(_run, "train", teacher, path, count));
        await _harness.RunUntilIdleAsync();
        return await _harness.RunToEndAsync(id);
    }

    public async Task<List<LabelledItem>> LabelsAsync(OrchestrationState state) => await JsonLines.ReadAsync<LabelledItem>(_store, state.OutputAs<LabelOutput>()!.Labels).ToListAsync();

    public async ValueTask DisposeAsync()
    {
        await _harness.DisposeAsync();
        await Endpoint.DisposeAsync();
        _store.Dispose();
    }
}
