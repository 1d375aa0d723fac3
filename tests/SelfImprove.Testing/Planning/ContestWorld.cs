using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.Durable;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Testing.Planning;

/// <summary>
/// An agent with its traffic served, in memory. A strategy plays in a fork of it: through the product's own orchestrators of planning, data generation and
/// training; evaluation and rollout, which the same candidates would go through alike, are left out.
/// </summary>
public sealed class ContestWorld : IAsyncDisposable
{
    private const double Answering = 0.6, Wrong = 0.05, Correcting = 0.05;

    private readonly ContestData _data;
    private readonly ContestTeacher _teacher;
    private readonly InMemoryStore _store;
    private readonly TemporaryFolder _folder = new();
    private readonly VirtualClock _clock = new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services;
    private string _champion;

    private ContestWorld(ContestData data, ContestTeacher teacher, InMemoryStore store, DateTimeOffset? now, string champion)
    {
        (_data, _teacher, _store, _champion) = (data, teacher, store, champion);
        if (now is { } later) _clock.MoveTo(later);
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<TimeProvider>(_clock).AddSingleton<IObjectStore>(_store).AddStoreParts(aloneOnStore: true).AddSelfImprove();
        services.AddSingleton<IModelSource>(teacher);
        services.AddDurableEngine(engine => (engine.FilePath, engine.Manual, engine.Unsynced) = (_folder.File("engine.db"), true, true));
        _services = services.BuildServiceProvider();
    }

    /// <summary>Accuracy of the version that serves, on texts that were never labelled, [0,1].</summary>
    public async Task<double> AccuracyAsync()
    {
        var student = await StudentAsync(_champion);
        return _data.Held.Count(h => student.Predict(h.Text).Label == h.Label) / (double)_data.Held.Count;
    }

    /// <summary>What was spent, in USD.</summary>
    public async Task<decimal> SpentAsync() => (await Get<SpendBook>().EntriesAsync(ContestManifest.Agent)).Sum(e => e.Usd);

    /// <summary>The plan that was carried out last; null where none was.</summary>
    public ImprovementPlan? Played { get; private set; }

    /// <summary>Opens an agent, and serves its traffic once.</summary>
    public static async Task<ContestWorld> OpenAsync(ContestData data)
    {
        var teacher = new ContestTeacher(data);
        var world = new ContestWorld(data, teacher, new InMemoryStore(), null, "");
        await world.Get<DurableEngine>().StartAsync(CancellationToken.None);
        var manifest = ContestManifest.Create(data, teacher, 0);
        await world.Get<ManifestStore>().PutAsync(manifest);
        world._champion = (await world.Get<StartingVersion>().RegisterAsync(manifest, data.Start, "contest")).Id;
        await world.ServeAsync();
        return world;
    }

    /// <summary>The same world once more, for one strategy.</summary>
    public async Task<ContestWorld> ForkAsync()
    {
        var fork = new ContestWorld(_data, _teacher, _store.Copy(), _clock.GetUtcNow(), _champion);
        await fork.Get<DurableEngine>().StartAsync(CancellationToken.None);
        return fork;
    }

    /// <summary>Spends a budget as a strategy says.</summary>
    public async Task PlayAsync(ContestStrategy strategy, int labels)
    {
        for (var round = 1; round <= strategy.Rounds; round++)
        {
            await Get<ManifestStore>().PutAsync(ContestManifest.Create(_data, _teacher, labels / strategy.Rounds));
            var revision = (await Get<ManifestStore>().GetAsync(ContestManifest.Agent))!.Revision;
            var run = new RunRef(ContestManifest.Agent, $"{ContestManifest.Agent}-{round:0000}", 1, revision);
            await Get<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(run.Agent), run.Run);
            await ImproveAsync(run, strategy.Plan?.Invoke(labels, _teacher));
            await Get<LeaseBook>().ReleaseAsync(LeaseBook.ForAgent(run.Agent), run.Run);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Get<EventLog>().DrainAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private async Task ImproveAsync(RunRef run, ImprovementPlan? plan)
    {
        IReadOnlyList<string> labelled = [];
        if (plan is null)
        {
            var cause = new ImprovementCause(TriggerKind.Request, "person:contest", "A contest.");
            var planned = await RunAsync(PlanRound.Ref, $"{run.Run}/planning", new PlanRoundInput(run, cause, 1, 0, [], _champion, ImprovementMode.Auto));
            if (planned.Plan is null) return;
            (plan, labelled) = (planned.Plan, planned.Labelled is { } paid ? [paid] : []);
        }
        Played = plan;
        var data = await RunAsync(GenerateData.Ref, $"{run.Run}/data", new GenerateInput(run, plan, _champion, labelled));
        if (data.Dataset is null) return;
        var trained = await RunAsync(TrainCandidate.Ref, $"{run.Run}/training", new TrainInput(run, data.Dataset, _champion));
        _champion = trained.Version ?? throw new InvalidOperationException($"Training failed: {trained.Failure}");
    }

    private async Task<TOut> RunAsync<TIn, TOut>(OrchestratorRef<TIn, TOut> orchestrator, string id, TIn input)
    {
        await Get<IOrchestrationClient>().StartAsync(orchestrator, id, input);
        while (true)
        {
            await Get<DurableEngine>().RunUntilIdleAsync();
            var state = (await Get<IOrchestrationClient>().GetAsync(id))!;
            if (state.Status == OrchestrationStatus.Completed) return state.OutputAs<TOut>()!;
            if (state.HasEnded) throw new InvalidOperationException($"{id} ended as {state.Status}: {state.Failure?.Message}");
            _clock.MoveTo(Get<DurableEngine>().NextTimer ?? throw new InvalidOperationException($"{id} waits for nothing."));
        }
    }

    /// <summary>Users ask every text once; some answer with a thumb, a few with what would have been right.</summary>
    private async Task ServeAsync()
    {
        var random = new SeededRandom(_data.Seed).Split("users");
        var student = await StudentAsync(_champion);
        var lines = new LogLines();
        for (var at = 0; at < _data.Traffic.Count; at++)
        {
            var (text, label) = (_data.Traffic[at].Text, _data.Traffic[at].Label);
            _clock.Advance(TimeSpan.FromSeconds(60));
            var said = student.Predict(text);
            var (id, user) = ($"i-{at:00000}", $"user-{at % 400}");
            lines.Add(new Interaction
            {
                Id = id, Agent = ContestManifest.Agent, Time = _clock.GetUtcNow(), Version = _champion, Key = user, Input = [ChatMessage.User(text)],
                Output = new AgentOutput(said.Label), Confidence = said.Probability, LatencyMs = 3,
            });
            var (answers, errs, corrects) = (random.NextBool(Answering), random.NextBool(Wrong), random.NextBool(Correcting));
            var right = said.Label == label;
            var feedback = new Feedback
            {
                Id = $"f-{id}", Agent = ContestManifest.Agent, Time = _clock.GetUtcNow(), Interaction = id, Metric = "helpful", Source = new FeedbackSource(SourceKind.Human, user),
            };
            if (answers) lines.Add(feedback with { Value = right != errs ? 1 : 0 });
            if (!right && corrects) lines.Add(feedback with { Id = $"d-{id}", Metric = "demonstration", Demonstration = new AgentOutput(label) });
            if (lines.Count < 500) continue;
            await Get<EventLog>().AppendAsync(ContestManifest.Agent, lines);
            lines.Clear();
        }
        await Get<EventLog>().AppendAsync(ContestManifest.Agent, lines);
        await Get<Aggregator>().FoldAsync(ContestManifest.Agent);
    }

    private async Task<StudentModel> StudentAsync(string id)
    {
        var version = (await Get<VersionStore>().GetAsync(ContestManifest.Agent, id))!;
        return ((BuiltinModel)await Get<ModelCatalog>().OpenAsync(version.Model, new TaskSettings { Labels = _data.Classes })).Student;
    }

    private T Get<T>() where T : notnull => _services.GetRequiredService<T>();
}
