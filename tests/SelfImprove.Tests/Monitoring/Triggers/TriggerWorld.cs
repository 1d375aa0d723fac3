using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Monitoring.Triggers;

/// <summary>An agent with a champion, and everything around its triggers. <see cref="Restart"/> keeps the store alone.</summary>
public sealed class TriggerWorld
{
    public const string Agent = "helpdesk";
    private static readonly TrendThresholds Thresholds = new();

    public TriggerWorld(IReturnEstimator? estimator = null)
    {
        Estimator = estimator;
        Restart();
    }

    public MemoryStore Store { get; } = new();

    public TestClock Clock { get; } = new();

    public IReturnEstimator? Estimator { get; }

    public ManifestStore Manifests { get; private set; } = null!;

    public RoutingStore Routing { get; private set; } = null!;

    public RequestBook Requests { get; private set; } = null!;

    public RunRegister Runs { get; private set; } = null!;

    public LeaseBook Leases { get; private set; } = null!;

    public SpendBook Spend { get; private set; } = null!;

    public DecisionLog Decisions { get; private set; } = null!;

    public AuditLog Audit { get; private set; } = null!;

    public TriggerEvaluator Evaluator { get; private set; } = null!;

    public void Restart()
    {
        Manifests = new ManifestStore(Store, Clock);
        Routing = new RoutingStore(Store, Clock);
        Requests = new RequestBook(Store, Clock);
        Runs = new RunRegister(Store, Clock);
        Leases = new LeaseBook(Store, Clock);
        Spend = new SpendBook(Store, Clock);
        Decisions = new DecisionLog(Store, Clock);
        Audit = new AuditLog(Store, Clock);
        Evaluator = NewEvaluator();
    }

    public TriggerEvaluator NewEvaluator() => new(Store, Manifests, Routing, Requests, Runs, Spend, Leases, Decisions, Audit, Thresholds, Clock, Estimator);

    public async Task<TriggerWorld> WithAgentAsync(params TriggerSettings[] triggers)
    {
        await PutAsync(m => m with { Triggers = triggers, Improvement = new ImprovementSettings { Mode = ImprovementMode.Auto } });
        await new VersionStore(Store, Routing, Clock).RegisterAsync(new VersionDraft { Agent = Agent, Model = "builtin:m1" });
        return this;
    }

    public async Task PutAsync(Func<AgentManifest, AgentManifest> change) =>
        await Manifests.PutAsync(change((await Manifests.GetAsync(Agent))?.Manifest ?? Some.Manifest(Agent)));

    public Task SignalAsync(VersionSignals champion) => SignalAsync(new Dictionary<string, VersionSignals> { ["v1"] = champion });

    public Task SignalAsync(Dictionary<string, VersionSignals> versions) => Store.WriteAsync($"agents/{Agent}/signals.json",
        JsonSerializer.SerializeToUtf8Bytes(new AgentSignals { Agent = Agent, Generation = 7, Versions = versions }, SeamJson.Options));

    public Task AskAsync(RequesterKind kind, string? name = null, string id = "r1") => Requests.AskAsync(Agent, id, new Requester(kind, name), "too many wrong routes");

    public async Task<TriggerDecision> EvaluateAsync() => (await Evaluator.EvaluateAsync(Agent))!;

    public async Task<List<AuditEntry>> AuditedAsync()
    {
        var entries = new List<AuditEntry>();
        await foreach (var entry in Audit.ReadAsync(Agent)) entries.Add(entry);
        return entries;
    }
}
