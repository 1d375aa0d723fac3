using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Api.Gateway;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.Durable;
using SelfImprove.Local.Demo;
using SelfImprove.Loop;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Local.Lab;

/// <summary>The whole product around one agent, in memory, on virtual time and without HTTP: the gateway is called, events are appended, people answer at once.</summary>
public sealed class LabWorld : IAsyncDisposable
{
    /// <summary>When every run begins: any fixed time will do.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    // Calibrations are the same in all worlds, and each takes some tenths of a second.
    private static readonly TrendThresholds Thresholds = new();

    private readonly LabTraffic _traffic;
    private readonly LabTeacher _teacher;
    private readonly VirtualClock _clock = new(Start);
    private readonly string _folder = Directory.CreateTempSubdirectory("selfimprove-lab-").FullName;
    private readonly HashSet<string> _validated = new(StringComparer.Ordinal);
    private readonly LogLines _judgements = new();
    private readonly ServiceProvider _services;

    private LabWorld(LabTraffic traffic)
    {
        (_traffic, _teacher) = (traffic, new LabTeacher(traffic));
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<TimeProvider>(_clock).AddSingleton<IObjectStore>(new InMemoryStore()).AddStoreParts(aloneOnStore: true).AddSelfImprove();
        services.AddDurableEngine(engine => (engine.FilePath, engine.Manual, engine.Unsynced) = (Path.Combine(_folder, "engine.db"), true, true));
        services.AddSingleton<AgentGateway>().AddSingleton<IModelSource>(_teacher).AddSingleton(Thresholds).AddSingleton(new TrainingThreads(1));
        _services = services.BuildServiceProvider();
    }

    /// <summary>The agent.</summary>
    public string Agent => _traffic.Data.Name;

    /// <summary>Different texts that the teacher labelled.</summary>
    public int Labels => _teacher.Labelled;

    /// <summary>The product's services.</summary>
    public IServiceProvider Services => _services;

    /// <summary>Opens it, with an agent that serves its first version.</summary>
    public static async Task<LabWorld> OpenAsync(LabTraffic traffic, AgentManifest manifest, CancellationToken cancellationToken)
    {
        var world = new LabWorld(traffic);
        try
        {
            await world.Get<DurableEngine>().StartAsync(cancellationToken);
            await world.Get<ManifestStore>().PutAsync(manifest, cancellationToken);
            await world.Get<StartingVersion>().RegisterAsync(manifest, DemoTeacher.Examples(traffic.Data.Start), "lab", cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether anybody labelled a text.</summary>
    public bool IsLabelled(string text) => _teacher.HasLabelled(text) || _validated.Contains(text);

    /// <summary>Plays an interaction.</summary>
    /// <returns>Whether the answer was right.</returns>
    public async Task<bool> AskAsync(int number, TimeSpan after, string metric, CancellationToken cancellationToken)
    {
        var request = _traffic.Requests[number];
        _clock.Advance(after);
        var answer = await Get<AgentGateway>().AnswerAsync(
            new GatewayRequest
            {
                Agent = Agent, Id = $"lab-{number:000000}", Key = request.User, Messages = [ChatMessage.User(request.Said.Text)], Trainable = request.Scored ? false : null,
            }, cancellationToken);
        var right = answer.Model?.Output.Decision == request.Said.Label;
        if (request.Judged && answer.Model is not null)
            _judgements.Add(new Feedback
            {
                Id = $"thumb-{number:000000}", Agent = Agent, Time = _clock.GetUtcNow(), Interaction = answer.Id, Metric = metric, Value = request.Thumb(right) ? 1 : 0,
                Source = new FeedbackSource(SourceKind.Human, request.Source),
            });
        return right;
    }

    /// <summary>Acknowledges what was judged, looks at the agent, and works until nothing is ready; people answer what they are asked, with the truth.</summary>
    /// <returns>The run that was started; null where none was.</returns>
    public async Task<RunStart?> LookAsync(bool running, CancellationToken cancellationToken)
    {
        await Get<EventLog>().DrainAsync();
        await Get<EventLog>().AppendAsync(Agent, _judgements);
        _judgements.Clear();
        var decision = await Get<AgentWatch>().LookAsync(Agent, cancellationToken);
        var started = decision is { Outcome: TriggerOutcome.Fired } ? decision.Start : null;
        do await Get<DurableEngine>().RunUntilIdleAsync(cancellationToken);
        while ((running || started is not null) && await AnswerInboxAsync(cancellationToken));
        return started;
    }

    /// <summary>How a run ended; null while it is under way.</summary>
    public async Task<ImprovementOutcome?> EndedAsync(string run, CancellationToken cancellationToken) =>
        await Get<IOrchestrationClient>().GetAsync(run, cancellationToken) is { HasEnded: true } state
            ? state.OutputAs<ImprovementOutcome>() ?? new ImprovementOutcome(ImprovementEnding.Failed, state.Failure?.Message ?? $"{state.Status}", 0, null, null)
            : null;

    /// <summary>USD spent so far.</summary>
    public async Task<decimal> SpentAsync(CancellationToken cancellationToken) =>
        (await Get<SpendBook>().EntriesAsync(Agent, cancellationToken)).Sum(e => e.Usd);

    /// <summary>Who serves.</summary>
    public async Task<RoutingTable> RoutingAsync(CancellationToken cancellationToken) => (await Get<RoutingStore>().GetAsync(Agent, cancellationToken))!;

    /// <summary>What a version says to a text.</summary>
    public async Task<Func<string, string>> OpenAsync(string version, CancellationToken cancellationToken)
    {
        var found = (await Get<VersionStore>().GetAsync(Agent, version, cancellationToken))!;
        var student = ((BuiltinModel)await Get<ModelCatalog>().OpenAsync(found.Model, _traffic.Data.Task, cancellationToken)).Student;
        return text => student.Predict(text).Label;
    }

    /// <summary>A person puts a worse version into service.</summary>
    public async Task SpoilAsync(AgentManifest manifest, CancellationToken cancellationToken)
    {
        var worse = await Get<StartingVersion>().RegisterAsync(manifest, DemoTeacher.Examples(_traffic.Spoilt()), "lab", cancellationToken);
        await Get<RoutingStore>().ChangeAsync(Agent, table => RoutingChanges.RollBackTo(table, worse.Id), null, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswerInboxAsync(CancellationToken cancellationToken)
    {
        var inbox = Get<InboxService>();
        var open = await inbox.ListAsync(Agent, new InboxFilter(OpenOnly: true, Limit: 10_000), cancellationToken);
        var answers = new List<(string, AgentOutput)>();
        foreach (var (id, text) in open.Select(e => (e.Task.Id, Text: e.Task.Input.Last(m => m.Role == "user").Text)))
        {
            if (!_traffic.Truth.TryGetValue(text, out var truth)) continue;
            _validated.Add(text);
            answers.Add((id, BuiltinModel.OutputOf(truth, _traffic.Data.Task.Output)));
        }
        if (answers.Count > 0) await inbox.AnswerManyAsync(Agent, "lab", answers, cancellationToken);
        return answers.Count > 0;
    }

    private T Get<T>() where T : notnull => _services.GetRequiredService<T>();
}
