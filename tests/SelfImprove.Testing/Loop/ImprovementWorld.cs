using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.Deployment.Serving;
using SelfImprove.Durable;
using SelfImprove.Loop;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Testing.Loop;

/// <summary>
/// The whole product in lock-step on virtual time, without HTTP: an agent with a small task, users who give thumbs, people who
/// answer the inbox. A test plays traffic, lets time pass, closes and reopens it at any moment.
/// </summary>
public sealed class ImprovementWorld : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _truth = new(StringComparer.Ordinal);
    private readonly bool _alwaysReplay;
    private readonly Action<IServiceCollection>? _configure;
    private ServiceProvider? _services;
    private int _asked;
    private (string Id, Func<EventLog, Task> Append)? _unanswered;

    private ImprovementWorld(bool alwaysReplay, Action<IServiceCollection>? configure) => (_alwaysReplay, _configure) = (alwaysReplay, configure);

    public const string Agent = "desk";

    public VirtualClock Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));

    public SmallTask Task { get; } = new(10, 7);

    public IReadOnlyList<string> Known => [.. Task.Classes.Take(6)];

    public double WrongThumbs { get; set; } = 0.05;

    public T Get<T>() where T : notnull => _services!.GetRequiredService<T>();

    public DurableEngine Engine => Get<DurableEngine>();

    public string Folder => _folder.Path;

    /// <summary>What the agent should have said to each interaction so far, and whether it did.</summary>
    public List<(string Id, string Version, bool Right)> Answers { get; } = [];

    /// <summary>The events whose append was answered: they are on stable storage.</summary>
    public List<string> Acknowledged { get; } = [];

    public static async Task<ImprovementWorld> OpenAsync(
        Func<AgentManifest, AgentManifest>? change = null, bool alwaysReplay = true, Action<IServiceCollection>? configure = null)
    {
        var world = new ImprovementWorld(alwaysReplay, configure);
        await world.StartAsync();
        await world.SeedAsync(change ?? (m => m));
        return world;
    }

    public AgentManifest Manifest { get; private set; } = null!;

    /// <summary>Stops the process and starts it again on the same folder.</summary>
    public async Task ReopenAsync()
    {
        await CloseAsync();
        await StartAsync();
    }

    /// <summary>Starts on what a process left that died here, and sends again what it had not answered, as a client would.</summary>
    public async Task RestartAfterCrashAsync()
    {
        await DropAsync();
        await StartAsync();
        await ResendAsync();
    }

    /// <summary>Sends again what was not answered, with the same id; nothing where all was.</summary>
    public async Task ResendAsync()
    {
        if (_unanswered is { } waiting) await SendAsync(waiting.Id, waiting.Append);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    /// <summary>Asks the agent and judges its answer, as a user would.</summary>
    public async Task AskAsync(string label, bool judge = true, bool correct = false, string? source = null)
    {
        var text = Task.Say(label);
        var id = $"i-{++_asked:00000}";
        var user = $"user-{_asked * 7919 % 400}";
        Clock.Advance(TimeSpan.FromSeconds(20));
        var table = (await Get<RoutingStore>().GetAsync(Agent))!;
        var routed = Router.Route(table, user);
        if (routed.Version is null) return;
        var version = (await Get<VersionStore>().GetAsync(Agent, routed.Version))!;
        var model = await Get<ModelCatalog>().OpenAsync(version.Model, Manifest.Task);
        ChatMessage[] input = [ChatMessage.User(text)];
        var answer = await model.AnswerAsync(new ModelRequest(input));
        _truth[text] = label;
        var right = answer.Output.Decision == label;
        Answers.Add((id, version.Id, right));
        await SendAsync(id, new Interaction
        {
            Id = id, Agent = Agent, Time = Clock.GetUtcNow(), Version = version.Id, Key = user, Input = input, Output = answer.Output,
            Confidence = answer.Confidence, LatencyMs = 3, Routing = routed.Stamp,
        });
        if (!judge) return;
        await SendAsync($"f-{id}", new Feedback
        {
            Id = $"f-{id}", Agent = Agent, Time = Clock.GetUtcNow(), Interaction = id, Metric = "helpful",
            Value = right != Task.Chance(WrongThumbs) ? 1 : 0, Source = new FeedbackSource(SourceKind.Human, source ?? user),
        });
        if (correct && !right)
            await SendAsync($"d-{id}", new Feedback
            {
                Id = $"d-{id}", Agent = Agent, Time = Clock.GetUtcNow(), Interaction = id, Metric = "demonstration",
                Demonstration = new AgentOutput(label), Source = new FeedbackSource(SourceKind.Human, source ?? user),
            });
    }

    /// <summary>Plays traffic in batches, with a look at the agent after each, until it is done or <paramref name="until"/> holds.</summary>
    public async Task PlayAsync(int requests, Func<string> label, Func<Task<bool>>? until = null, bool correct = false)
    {
        for (var done = 0; done < requests; done += 25)
        {
            for (var i = 0; i < 25; i++) await AskAsync(label(), correct: correct);
            await LookAsync();
            if (until is not null && await until()) return;
        }
    }

    /// <summary>One look at the agent, and all the work that it sets going; people answer what they are asked.</summary>
    public async Task<TriggerDecision?> LookAsync(bool answerInbox = true)
    {
        var decision = await Get<AgentWatch>().LookAsync(Agent);
        await Engine.RunUntilIdleAsync();
        while (answerInbox && await AnswerInboxAsync() > 0) await Engine.RunUntilIdleAsync();
        return decision;
    }

    /// <summary>People answer all open tasks with the truth.</summary>
    public async Task<int> AnswerInboxAsync()
    {
        var open = await Get<InboxService>().ListAsync(Agent, new InboxFilter(OpenOnly: true, Limit: 10_000));
        if (open.Count == 0) return 0;
        await Get<InboxService>().AnswerManyAsync(Agent, "ada", [.. open.Select(e => (e.Task.Id, new AgentOutput(_truth[e.Task.Input[^1].Text])))]);
        return open.Count;
    }

    public string AnyKnown() => Task.PickClass(Known);

    public string AnyClass() => Task.PickClass(Task.Classes);

    public Task<OrchestrationState?> RunStateAsync(string run) => Get<IOrchestrationClient>().GetAsync(run);

    public async Task<ImprovementOutcome?> OutcomeAsync(string run) => (await RunStateAsync(run))?.OutputAs<ImprovementOutcome>();

    private Task SendAsync(string id, Interaction interaction) => SendAsync(id, log => log.AppendAsync(Agent, interaction));

    private Task SendAsync(string id, Feedback feedback) => SendAsync(id, log => log.AppendAsync(Agent, feedback));

    private async Task SendAsync(string id, Func<EventLog, Task> append)
    {
        _unanswered = (id, append);
        await append(Get<EventLog>());
        Acknowledged.Add(id);
        _unanswered = null;
    }

    // As a dead process leaves it: nothing is drained, and whatever fails on the way out is nobody's business.
    private async Task DropAsync()
    {
        var provider = _services;
        _services = null;
        try
        {
            if (provider is not null) await provider.DisposeAsync();
        }
        catch (Exception)
        {
            // It is dead already.
        }
    }

    private async Task StartAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton<TimeProvider>(Clock).AddLocalFolderStore(Path.Combine(_folder.Path, "store"), aloneOnStore: true).AddSelfImprove();
        services.AddDurableEngine(o => (o.FilePath, o.Manual, o.AlwaysReplay) = (Path.Combine(_folder.Path, "engine.db"), true, _alwaysReplay));
        _configure?.Invoke(services);
        _services = services.BuildServiceProvider(validateScopes: true);
        await Engine.StartAsync(CancellationToken.None);
    }

    private async Task CloseAsync()
    {
        if (_services is { } provider)
        {
            await provider.GetRequiredService<EventLog>().DrainAsync();
            await provider.DisposeAsync();
        }
        _services = null;
    }

    private async Task SeedAsync(Func<AgentManifest, AgentManifest> change)
    {
        Manifest = change(SmallManifest.Create(Task));
        await Get<ManifestStore>().PutAsync(Manifest);
        await Get<StartingVersion>().RegisterAsync(Manifest, Task.Examples(Known, 12), "person:test");
        var teacher = StudentTrainer.Train(Task.Examples(Task.Classes, 60), Training.Builtin.StudentSettings.Default, 1);
        await Get<IObjectStore>().WriteAsync(SmallManifest.TeacherPath, teacher.ToBytes());
    }
}
