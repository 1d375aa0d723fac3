using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Monitoring;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Storage;

namespace SelfImprove.Tests.Monitoring.Support;

/// <summary>One agent, its store, clock, log and aggregator.</summary>
internal sealed class MonitoringWorld
{
    public const string Agent = "router";
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private int _processes;

    public MonitoringWorld(IObjectStore? other = null)
    {
        Store = other ?? Memory;
        Restart();
    }

    public MemoryStore Memory { get; } = new();
    public IObjectStore Store { get; }
    public ManualClock Clock { get; } = new(Start) { Hurry = true };
    public AgentManifest Manifest { get; set; } = NewManifest();
    public AggregatorOptions Options { get; set; } = new();
    public EventLog Log { get; private set; } = null!;
    public Aggregator Aggregator { get; private set; } = null!;
    public Quarantine Quarantine => new(Store);
    public ObservedLog Observed => new(Store, Lookup);
    public DeadLetterList DeadLetters => new(Store);

    public static AgentManifest NewManifest() => new()
    {
        Agent = Agent,
        Goal = new GoalSettings { Metric = "helpful" },
        Metrics =
        [
            new MetricSettings { Name = "helpful" },
            new MetricSettings { Name = "stars", Type = MetricType.Number, Min = 1, Max = 5 },
            new MetricSettings { Name = "valid" },
        ],
        Task = new TaskSettings { Labels = ["alpha", "beta", "gamma"] },
    };

    public ValueTask<AgentManifest?> Lookup(string agent, CancellationToken cancellationToken) => new(agent == Agent ? Manifest : null);

    /// <summary>A new process over the same store.</summary>
    public void Restart()
    {
        _processes++;
        Log = new EventLog(Store, Clock, writer: $"w{_processes:d3}");
        Aggregator = new Aggregator(Store, Clock, Lookup, Options, $"p{_processes:d3}");
    }

    public Task<AgentSignals> FoldAsync() => Aggregator.FoldAsync(Agent);

    public Task AppendAsync(Interaction interaction) => Log.AppendAsync(Agent, interaction);

    public Task AppendAsync(Feedback feedback) => Log.AppendAsync(Agent, feedback);

    public static Interaction Interaction(string id, string decision = "alpha", int second = 0, string? version = "v1", string? episode = null, params (string, string)[] tags) => new()
    {
        Id = id,
        Agent = Agent,
        Time = Start.AddSeconds(second),
        Version = version,
        Episode = episode,
        Input = [ChatMessage.User($"request {id}")],
        Output = new AgentOutput(decision),
        Tags = tags.Length == 0 ? null : tags.ToDictionary(t => t.Item1, t => t.Item2),
        LatencyMs = 12,
        CostUsd = 0.001m,
    };

    public static Feedback Thumb(string id, string? interaction, bool good, string user = "ann", int second = 10, string metric = "helpful", string? episode = null) => new()
    {
        Id = id,
        Agent = Agent,
        Time = Start.AddSeconds(second),
        Interaction = interaction,
        Episode = episode,
        Metric = metric,
        Value = good ? 1 : 0,
        Source = new FeedbackSource(SourceKind.Human, user),
    };
}
