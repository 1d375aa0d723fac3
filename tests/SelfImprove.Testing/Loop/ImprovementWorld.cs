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
    private readonly WorldStart _start;
    private readonly Action<IServiceCollection>? _configure;
    private ServiceProvider? _services;
    private (long Commit, CommitPhase Phase)? _crashAt;
    private int _asked;
    private (string Id, Func<EventLog, Task> Append)? _unanswered;

    private ImprovementWorld(bool alwaysReplay, Action<IServiceCollection>? configure, WorldStart start, WorldStore? store = null)
    {
        (_alwaysReplay, _configure, _start, Store) = (alwaysReplay, configure, start, store ?? new WorldStore());
        Store.Died = () => IsDead = true;
    }

    public const string Agent = "desk";

    public VirtualClock Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));

    public SmallTask Task => _start.Task;

    /// <summary>The object store: it outlives the process.</summary>
    public WorldStore Store { get; }

    /// <summary>Whether the process died where a test told it to.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Commits of the engine, over all openings.</summary>
    public long Commits { get; private set; }

    /// <summary>What people answer instead of the truth; null for the truth.</summary>
    public Func<InboxTask, AgentOutput>? Opinion { get; set; }

    public IReadOnlyList<string> Known => [.. Task.Classes.Take(_start.Known)];

    public double WrongThumbs { get; set; } = 0.05;

    public T Get<T>() where T : notnull => _services!.GetRequiredService<T>();

    public DurableEngine Engine => Get<DurableEngine>();

    public string Folder => _folder.Path;

    /// <summary>What the agent should have said to each interaction so far, and whether it did.</summary>
    public List<(string Id, string Version, bool Right)> Answers { get; } = [];

    /// <summary>The events whose append was answered: they are on stable storage.</summary>
    public List<string> Acknowledged { get; } = [];

    public static async Task<ImprovementWorld> OpenAsync(
        Func<AgentManifest, AgentManifest>? change = null, bool alwaysReplay = true, Action<IServiceCollection>? configure = null, WorldStart? start = null)
    {
        var world = new ImprovementWorld(alwaysReplay, configure, start ?? new WorldStart(new SmallTask(10, 7)));
        await world.StartAsync();
        await world.SeedAsync(change ?? (m => m));
        return world;
    }

    public AgentManifest Manifest { get; private set; } = null!;

    /// <summary>A world that goes on from where this one is, with a store and a stream of texts of its own. No run may be under way.</summary>
    public async Task<ImprovementWorld> ForkAsync(string name, Action<IServiceCollection>? configure = null)
    {
        await Get<EventLog>().DrainAsync();
        var fork = new ImprovementWorld(_alwaysReplay, configure ?? _configure, _start with { Task = Task.Fork(name) }, Store.Copy()) { Manifest = Manifest, _asked = _asked };
        foreach (var (text, label) in _truth) fork._truth[text] = label;
        fork.Clock.MoveTo(Clock.GetUtcNow());
        await fork.StartAsync();
        return fork;
    }

    /// <summary>Dies around the engine's commit of that number, counted from now on.</summary>
    public void CrashAtCommit(long commit, CommitPhase phase) => _crashAt = (Commits + commit, phase);

    /// <summary>Changes the manifest: the next run pins it.</summary>
    public async Task ChangeManifestAsync(Func<AgentManifest, AgentManifest> change)
    {
        Manifest = change(Manifest);
        await Get<ManifestStore>().PutAsync(Manifest);
    }

    /// <summary>A person asks for an improvement; the next look starts the run.</summary>
    public Task RequestAsync(string id = "r1", string reason = "It is often wrong.") =>
        Get<RequestBook>().AskAsync(Agent, id, new Requester(RequesterKind.Person, "ada"), reason);

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
    public async Task AskAsync(string label)
    {
        foreach (var (id, append) in await AnswerAsync((await Get<RoutingStore>().GetAsync(Agent))!, label, false, null, null) ?? []) await SendAsync(id, append);
    }

    /// <summary>Asks the agent many times at once, and judges its answers as users would; gives how many it refused (out of operation).</summary>
    public async Task<int> ServeAsync(int requests, Func<string> label, bool correct = false, string? source = null, Func<bool, bool>? judge = null)
    {
        var table = (await Get<RoutingStore>().GetAsync(Agent))!;
        var (appends, refused) = (new List<Task>(), 0);
        for (var i = 0; i < requests; i++)
        {
            var events = await AnswerAsync(table, label(), correct, source, judge);
            if (events is null) refused++;
            foreach (var (_, append) in events ?? []) appends.Add(append(Get<EventLog>()));
        }
        await System.Threading.Tasks.Task.WhenAll(appends);
        return refused;
    }

    /// <summary>Plays traffic in batches, with a look at the agent after each, until it is done or <paramref name="until"/> holds.</summary>
    public async Task PlayAsync(int requests, Func<string> label, Func<Task<bool>>? until = null, bool correct = false)
    {
        for (var done = 0; done < requests; done += 25)
        {
            await ServeAsync(25, label, correct);
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
        await Get<InboxService>().AnswerManyAsync(Agent, "ada", [.. open.Select(e => (e.Task.Id, Opinion?.Invoke(e.Task) ?? Truth(e.Task)))]);
        return open.Count;
    }

    /// <summary>What the agent should have answered to a task's input.</summary>
    public AgentOutput Truth(InboxTask task) => new(_truth[task.Input[^1].Text]);

    /// <summary>Notes what the right answer to a text is that no user of this world asked.</summary>
    public void Know(string text, string label) => _truth[text] = label;

    /// <summary>The class of a text that was said here, or that a message quotes: what a model server needs that is to be right.</summary>
    public string TruthOf(string message) => _truth.TryGetValue(message, out var label) ? label : _truth.First(t => message.Contains(t.Key, StringComparison.Ordinal)).Value;

    public string AnyKnown() => Task.PickClass(Known);

    public string AnyClass() => Task.PickClass(Task.Classes);

    public Task<OrchestrationState?> RunStateAsync(string run) => Get<IOrchestrationClient>().GetAsync(run);

    public async Task<ImprovementOutcome?> OutcomeAsync(string run) => (await RunStateAsync(run))?.OutputAs<ImprovementOutcome>();

    /// <summary>Has the agent answer, and gives the events to send; null where it is out of operation.</summary>
    private async Task<List<(string Id, Func<EventLog, Task> Append)>?> AnswerAsync(RoutingTable table, string wanted, bool correct, string? source, Func<bool, bool>? judge)
    {
        var text = Task.Say(wanted);
        var id = $"i-{++_asked:00000}";
        var user = $"user-{_asked * 7919 % 400}";
        Clock.Advance(TimeSpan.FromSeconds(20));
        var routed = Router.Route(table, user);
        if (routed.Version is null) return null;
        var version = (await Get<VersionStore>().GetAsync(Agent, routed.Version))!;
        var model = await Get<ModelCatalog>().OpenAsync(version.Model, Manifest.Task);
        ChatMessage[] input = [ChatMessage.User(text)];
        _truth[text] = wanted;
        var answer = await model.AnswerAsync(new ModelRequest(input));
        var right = answer.Output.Decision == wanted;
        Answers.Add((id, version.Id, right));
        var interaction = new Interaction
        {
            Id = id, Agent = Agent, Time = Clock.GetUtcNow(), Version = version.Id, Key = user, Input = input, Output = answer.Output,
            Confidence = answer.Confidence, LatencyMs = 3, Routing = routed.Stamp,
        };
        var thumb = Said(id, source ?? user) with { Id = $"f-{id}", Metric = "helpful", Value = judge?.Invoke(right) ?? right != Task.Chance(WrongThumbs) ? 1 : 0 };
        var events = new List<(string, Func<EventLog, Task>)> { (id, log => log.AppendAsync(Agent, interaction)), (thumb.Id, log => log.AppendAsync(Agent, thumb)) };
        var demonstration = Said(id, source ?? user) with { Demonstration = new AgentOutput(wanted) };
        if (correct && !right) events.Add((demonstration.Id, log => log.AppendAsync(Agent, demonstration)));
        return events;
    }

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
        (IsDead, Store.IsDead) = (false, false);
    }

    private async Task StartAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton<TimeProvider>(Clock).AddSingleton<IObjectStore>(Store).AddStoreParts(aloneOnStore: true).AddSelfImprove();
        services.AddDurableEngine(o => (o.FilePath, o.Manual, o.AlwaysReplay, o.CommitProbe) = (Path.Combine(_folder.Path, "engine.db"), true, _alwaysReplay, Probe));
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
        (IsDead, Store.IsDead) = (false, false);
    }

    private Feedback Said(string interaction, string source) => new()
    {
        Id = $"d-{interaction}", Agent = Agent, Time = Clock.GetUtcNow(), Interaction = interaction, Metric = "demonstration",
        Source = new FeedbackSource(SourceKind.Human, source),
    };

    private void Probe(long number, CommitPhase phase)
    {
        if (IsDead) throw new SimulatedCrashException();
        if (phase == CommitPhase.Before) Commits++;
        if (_crashAt is not { } crash || crash.Commit != Commits || crash.Phase != phase) return;
        (_crashAt, IsDead, Store.IsDead) = (null, true, true);
        throw new SimulatedCrashException();
    }

    private async Task SeedAsync(Func<AgentManifest, AgentManifest> change)
    {
        Manifest = change(SmallManifest.Create(Task));
        await Get<ManifestStore>().PutAsync(Manifest);
        await Get<StartingVersion>().RegisterAsync(Manifest, Task.Examples(Known, _start.Taught), "person:test");
        var taught = Task.Examples(Task.Classes, 60);
        await TeachAsync(SmallManifest.TeacherPath, taught);
        await TeachAsync(SmallManifest.LiarPath, [.. taught.Select(e => e with { Label = Task.Classes[(Task.Classes.IndexOf(e.Label) + 3) % Task.Classes.Count] })]);
    }

    private Task TeachAsync(string path, List<TextExample> examples) =>
        Get<IObjectStore>().WriteAsync(path, StudentTrainer.Train(examples, Training.Builtin.StudentSettings.Default with { Calibrate = false }, 1).ToBytes());
}
