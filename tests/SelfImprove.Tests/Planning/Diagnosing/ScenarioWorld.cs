using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Durable;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Planning.Diagnosing;

/// <summary>
/// Plays a scenario through the real event log, aggregation, sampling and diagnosis, on a store in memory and without an engine: the calls that
/// <see cref="PlanRound"/> makes are made here, and the teacher answers at once.
/// </summary>
internal sealed class ScenarioWorld : IAsyncDisposable
{
    public const string Agent = "desk";
    public const string Liar = "agent:mallory";
    private const int Before = 600;
    private const int After = 450;
    private static readonly RunRef Run = new(Agent, "desk-0001", 1, 1);
    private readonly ServiceProvider _services;
    private readonly VirtualClock _clock = new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
    private readonly ScenarioTexts _texts;
    private readonly Scenario _scenario;

    public ScenarioWorld(ScenarioTexts texts, Trouble trouble, int seed)
    {
        (_texts, _scenario) = (texts, new Scenario(texts, trouble, seed));
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<TimeProvider>(_clock).AddSingleton<IObjectStore>(new WorldStore()).AddStoreParts(aloneOnStore: true).AddSelfImprove();
        services.AddTransient<SamplePilot>().AddTransient<DiagnoseAgent>();
        _services = services.BuildServiceProvider();
    }

    public static async Task<Diagnosis> DiagnoseAsync(ScenarioTexts texts, Trouble trouble, int seed)
    {
        await using var world = new ScenarioWorld(texts, trouble, seed);
        await world.PlayAsync(trouble == Trouble.BadPromotion);
        return await world.DiagnoseAsync();
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public Task<AgentSignals> FoldAsync() => Get<Aggregator>().FoldAsync(Agent);

    public async ValueTask DisposeAsync()
    {
        await Get<EventLog>().DrainAsync();
        await _services.DisposeAsync();
    }

    /// <summary>Plays all requests; with a promotion, the version before serves until the trouble begins.</summary>
    public async Task PlayAsync(bool isPromoted = false, bool withoutLiar = false)
    {
        await SetUpAsync();
        var appends = new List<Task>();
        for (var i = 0; i < Before + After; i++)
            foreach (var append in Events(i, isPromoted && i < Before ? "v1" : "v2", withoutLiar)) appends.Add(append);
        await Task.WhenAll(appends);
        await Get<EventLog>().DrainAsync();
        _clock.Advance(TimeSpan.FromHours(1));
    }

    /// <summary>The ids of what the teacher is asked about: the pilot's, and of suspicious sources.</summary>
    public async Task<(List<string> Pilot, List<string> Sources)> AskedAsync()
    {
        var sample = await SampleAsync();
        return (await IdsAsync(sample.Items), await IdsAsync(sample.SourceItems));
    }

    public async Task<Diagnosis> DiagnoseAsync()
    {
        var context = new ActivityContext(Run.Run, "test", "0");
        var sample = await SampleAsync();
        var (pilot, adjudicated) = (await LabelAsync(sample.Items), await LabelAsync(sample.SourceItems));
        var found = await Get<DiagnoseAgent>().RunAsync(context, new DiagnoseInput(Run, 1, "v2", pilot, adjudicated), default);
        return (await Get<JsonDocuments>().ReadAsync<Diagnosis>(found.Path))!.Value;
    }

    private async Task<SamplePilotOutput> SampleAsync()
    {
        await Get<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(Agent), Run.Run);
        return await Get<SamplePilot>().RunAsync(new ActivityContext(Run.Run, "test", "0"), new SamplePilotInput(Run, 1, "v2"), default);
    }

    private async Task<List<string>> IdsAsync(string? items)
    {
        var ids = new List<string>();
        if (items is not null)
            await foreach (var item in JsonLines.ReadAsync<LabelItem>(Get<IObjectStore>(), items)) ids.Add(item.Id);
        return ids;
    }

    private async Task<string?> LabelAsync(string? items)
    {
        if (items is null) return null;
        var labelled = new List<LabelledItem>();
        await foreach (var item in JsonLines.ReadAsync<LabelItem>(Get<IObjectStore>(), items))
            labelled.Add(new LabelledItem(item.Id, item.Input, item.Slice, 1, new AgentOutput(_texts.Teacher.Predict(item.Input[^1].Text).Label), "teacher:strong", null, 0.01m));
        await JsonLines.WriteOnceAsync(Get<IObjectStore>(), items + ".labels", labelled, default);
        return items + ".labels";
    }

    private async Task SetUpAsync()
    {
        await Get<ManifestStore>().PutAsync(new AgentManifest
        {
            Agent = Agent,
            Goal = new GoalSettings { Metric = "helpful" },
            Metrics = [new MetricSettings { Name = "helpful" }],
            Task = new TaskSettings { Labels = _texts.Classes },
            Teachers = [new TeacherSettings { Name = "strong", Model = "builtin:none", Price = 0.004m, Accuracy = _texts.TeacherAccuracy }],
            Feedback = new FeedbackSettings { WrongShare = Scenario.WrongThumbs },
        });
        var (store, parent) = (Get<IObjectStore>(), (string?)null);
        foreach (var (id, student) in new[] { ("v1", _scenario.Previous), ("v2", _scenario.Champion) })
        {
            await store.WriteAsync($"agents/{Agent}/models/{id}.model", student.Bytes);
            await store.WriteAsync($"agents/{Agent}/datasets/{id}.jsonl", student.Dataset);
            var version = await Get<VersionStore>().RegisterAsync(new VersionDraft
            {
                Agent = Agent, Model = $"builtin:agents/{Agent}/models/{id}.model", Dataset = $"agents/{Agent}/datasets/{id}.jsonl", Parent = parent,
            });
            version.Id.ShouldBe(id);
            parent = id;
        }
    }

    private IEnumerable<Task> Events(int number, string version, bool withoutLiar)
    {
        _clock.Advance(TimeSpan.FromSeconds(20));
        var (log, id, user, asked) = (Get<EventLog>(), $"i-{number:00000}", $"user-{number * 7919 % 300}", _scenario.Next(number >= Before));
        var answer = (version == "v1" ? _scenario.Previous : _scenario.Champion).Answer(asked.Text);
        yield return log.AppendAsync(Agent, new Interaction
        {
            Id = id, Agent = Agent, Time = _clock.GetUtcNow(), Version = version, Key = user, Input = [ChatMessage.User(asked.Text)],
            Output = asked.Fails ? null : new AgentOutput(answer.Label), Error = asked.Fails ? "timeout" : null, Confidence = answer.Probability, LatencyMs = asked.LatencyMs,
            Tags = asked.Channel is null ? null : new Dictionary<string, string> { ["channel"] = asked.Channel },
        });
        var right = !asked.Fails && answer.Label == asked.Right;
        var (responds, wrong, impatient, shows) = (
            _scenario.Chance(Scenario.Responds), _scenario.Chance(Scenario.WrongThumbs), asked.LatencyMs > 1_500 && _scenario.Chance(0.4), _scenario.Chance(0.4));
        // The liar judges on top of what others do, as often as makes it that share of all feedback.
        var lies = _scenario.LiarShare > 0 && _scenario.Chance(_scenario.LiarShare / (1 - _scenario.LiarShare) * Scenario.Responds);
        var up = right != wrong && !impatient;
        if (responds) yield return log.AppendAsync(Agent, Said($"f-{id}", id, SourceKind.Human, user) with { Metric = "helpful", Value = up ? 1 : 0 });
        if (responds && !right && !wrong && !asked.Fails && shows)
            yield return log.AppendAsync(Agent, Said($"d-{id}", id, SourceKind.Human, user) with { Metric = "demonstration", Demonstration = new AgentOutput(asked.Right) });
        if (lies && !withoutLiar) yield return log.AppendAsync(Agent, Said($"m-{id}", id, SourceKind.Agent, "mallory") with { Metric = "helpful", Value = _scenario.Lie(right) ? 1 : 0 });
    }

    private Feedback Said(string id, string interaction, SourceKind kind, string source) => new()
    {
        Id = id, Agent = Agent, Time = _clock.GetUtcNow(), Interaction = interaction, Metric = "", Source = new FeedbackSource(kind, source),
    };
}
