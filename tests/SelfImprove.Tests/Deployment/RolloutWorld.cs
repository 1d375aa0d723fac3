using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Serving;
using SelfImprove.Evaluation;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Deployment;

/// <summary>An agent with two versions on the embedded engine and virtual time; callers come every few seconds, are routed by the real router, and give thumbs.</summary>
internal sealed class RolloutWorld : IAsyncDisposable
{
    public const string Agent = "helpdesk";
    public const string Run = "helpdesk-0001";
    private readonly List<ObservedInteraction> _served = [];
    private readonly SeededRandom _random = new(7);
    private DateTimeOffset? _first;

    private RolloutWorld(DurableHarness harness) => Harness = harness;

    public DurableHarness Harness { get; private set; }

    public MemoryStore Store { get; } = new();

    /// <summary>The probability of a thumb up, by version.</summary>
    public Func<string, double> Rate { get; set; } = _ => 0.8;

    /// <summary>Which interactions are lost before they are logged.</summary>
    public Func<RoutingStamp, bool> Lost { get; set; } = _ => false;

    /// <summary>Whether a version fails at a request.</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    /// <summary>What a version says to a request, by its number.</summary>
    public Func<string, int, AgentOutput> Says { get; set; } = (_, _) => new AgentOutput("billing");

    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(5);

    public static RunRef RunRef => new(Agent, Run, 1, 1);

    public SpendBook Spend => Get<SpendBook>();

    public static RolloutInput Input(bool superiorityProven = true) => new(RunRef, "v1", "v2", superiorityProven);

    public T Get<T>() where T : notnull => Harness.Services.GetRequiredService<T>();

    public IReadOnlyList<ObservedInteraction> Served => _served;

    public static async Task<RolloutWorld> CreateAsync(Func<RolloutSettings, RolloutSettings>? settings = null, Func<AgentManifest, AgentManifest>? manifest = null,
        Action<IServiceCollection>? configure = null)
    {
        RolloutWorld? world = null;
        var store = new MemoryStore();
        var harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddDeployment(), services =>
        {
            services
                .AddSingleton<IObjectStore>(_ => world!.Store)
                .AddSingleton<TrafficReader>(_ => world!.ReadAsync)
                .AddStoreParts().AddAgents().AddAudit().AddDeployment()
                .AddSingleton<RunGuard>().AddSingleton<SpendBook>();
            configure?.Invoke(services);
        });
        world = new RolloutWorld(harness);
        var start = Some.Manifest(Agent);
        var rollout = new RolloutSettings { LookEvery = TimeSpan.FromMinutes(10), Deadline = TimeSpan.FromDays(1) };
        start = start with { Deployment = new DeploymentSettings { Rollout = settings?.Invoke(rollout) ?? rollout }, Feedback = new FeedbackSettings { Maturity = TimeSpan.FromMinutes(30) } };
        await world.Get<ManifestStore>().PutAsync(manifest?.Invoke(start) ?? start);
        await world.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = "test:one" });
        await world.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = "test:two" });
        await world.Get<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(Agent), Run);
        return world;
    }

    public async Task<RolloutOutput> RolloutAsync(bool superiorityProven = true, Func<RolloutInput, RolloutInput>? change = null)
    {
        var id = Rollout.InstanceId(Run, 1);
        await Harness.Client.StartAsync(Rollout.Ref, id, change?.Invoke(Input(superiorityProven)) ?? Input(superiorityProven));
        var state = await Harness.RunToEndAsync(id);
        state.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        return state.OutputAs<RolloutOutput>()!;
    }

    public Task<RoutingTable?> RoutingAsync() => Get<RoutingStore>().GetAsync(Agent);

    public async Task<List<AuditEntry>> AuditAsync() => await Get<AuditLog>().ReadAsync(Agent).ToListAsync();

    public ValueTask DisposeAsync() => Harness.DisposeAsync();

    // Requests come at fixed times, are routed when they are first read, and stay as they were then.
    private async IAsyncEnumerable<ObservedInteraction> ReadAsync(
        string agent, DateTimeOffset from, DateTimeOffset until, Func<Interaction, DateTimeOffset>? feedbackUntil, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _first ??= from;
        var table = (await RoutingAsync())!;
        for (var time = _first.Value + (_served.Count * Every); time < until; time = _first.Value + (_served.Count * Every)) _served.Add(Serve(table, time));
        foreach (var observed in _served)
            if (observed.Interaction.Time >= from && observed.Interaction.Time < until && observed.Interaction.Routing is { } stamp && !Lost(stamp)) yield return observed;
    }

    private ObservedInteraction Serve(RoutingTable table, DateTimeOffset time)
    {
        var id = $"i{_served.Count}";
        var route = Router.Route(table, $"caller-{id}");
        var failed = Fails(route.Version!);
        var interaction = new Interaction
        {
            Id = id, Agent = Agent, Time = time, Version = route.Version, Key = $"caller-{id}", Routing = route.Stamp, LatencyMs = 20,
            Input = [ChatMessage.User($"request {id}")], Output = failed ? null : Says(route.Version!, _served.Count), Error = failed ? "model" : null,
        };
        var thumb = _random.NextBool(Rate(route.Version!)) ? 1 : 0;
        var feedback = new Feedback
        {
            Id = $"f-{id}", Agent = Agent, Time = time + TimeSpan.FromMinutes(1), Interaction = id, Metric = "helpful", Value = thumb, Source = new FeedbackSource(SourceKind.Human, "ada"),
        };
        return failed ? new ObservedInteraction(interaction, [], null) : new ObservedInteraction(interaction, [feedback], thumb);
    }
}
