using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.DataGeneration;

/// <summary>An agent with scripted teachers and traffic, over a store in memory and the durable engine on virtual time.</summary>
internal sealed class DataWorld : IAsyncDisposable
{
    private int _id;

    private DataWorld()
    {
    }

    public MemoryStore Store { get; } = new();

    public ScriptedModels Models { get; } = new();

    public List<ObservedInteraction> Traffic { get; } = [];

    public DurableHarness Harness { get; private set; } = null!;

    public AgentManifest Manifest { get; private set; } = null!;

    public RunRef Run { get; private set; } = null!;

    public string Champion { get; private set; } = "v1";

    public InboxService Inbox => Harness.Services.GetRequiredService<InboxService>();

    public SpendBook Spend => Harness.Services.GetRequiredService<SpendBook>();

    public InputSplit Split => Harness.Services.GetRequiredService<InputSplit>();

    public static async Task<DataWorld> CreateAsync(AgentManifest? manifest = null, string? championDataset = null)
    {
        var world = new DataWorld();
        world.Harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddDataGeneration(), services => services
            .AddSingleton<IObjectStore>(world.Store)
            .AddSingleton<ManifestStore>().AddSingleton<PinnedManifests>().AddSingleton<RoutingStore>().AddSingleton<VersionStore>().AddSingleton<SpendBook>()
            .AddSingleton<FactBook>().AddSingleton<LeaseBook>().AddSingleton<RunGuard>()
            .AddSingleton(p => new IntentJournal(world.Store, p.GetRequiredService<TimeProvider>(), Guid.NewGuid))
            .AddSingleton(new ModelCatalog([world.Models.Source("fake"), world.Models.Source("builtin")]))
            .AddSingleton<OpenJudges>((_, _, _, _) => throw new InvalidOperationException("There are no judges here."))
            .AddSingleton<ReadObserved>((_, since, _) => world.Traffic.Where(t => t.Interaction.Time >= since).ToAsyncEnumerable())
            .AddDataGeneration());
        world.Manifest = manifest ?? Some.Manifest();
        var revision = await world.Harness.Services.GetRequiredService<ManifestStore>().PutAsync(world.Manifest);
        var version = await world.Harness.Services.GetRequiredService<VersionStore>()
            .RegisterAsync(new VersionDraft { Agent = world.Manifest.Agent, Model = "builtin:agents/helpdesk/models/v1.model", Dataset = championDataset });
        world.Champion = version.Id;
        world.Run = new RunRef(world.Manifest.Agent, $"{world.Manifest.Agent}-0001", 1, revision.Revision);
        await world.Harness.Services.GetRequiredService<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(world.Run.Agent), world.Run.Run);
        return world;
    }

    public static AgentManifest WithTeachers(params TeacherSettings[] teachers) => Some.Manifest() with { Teachers = teachers };

    public static TeacherSettings Model(string name, decimal price = 0.01m, double minConfidence = 0) =>
        new() { Name = name, Model = $"fake:{name}", Price = price, MinConfidence = minConfidence };

    public async Task<LabelInput> ItemsAsync(string teacher, IEnumerable<string> texts, string purpose = "train")
    {
        var items = texts.Select((t, i) => new LabelItem($"i{i}", [ChatMessage.User(t)], "billing")).ToList();
        var path = $"runs/helpdesk/helpdesk-0001/items-{teacher}-{purpose}.jsonl";
        await JsonLines.WriteOnceAsync(Store, path, items);
        return new LabelInput(Run, purpose, teacher, path, items.Count);
    }

    public async Task<LabelOutput> LabelAsync(LabelInput input)
    {
        var state = await StartAndRunAsync(LabelItems.Ref, input);
        state.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        return state.OutputAs<LabelOutput>()!;
    }

    public async Task<string> StartAsync<TIn, TOut>(OrchestratorRef<TIn, TOut> orchestrator, TIn input)
    {
        var id = $"helpdesk-0001/t{++_id}";
        await Harness.Client.StartAsync(orchestrator, id, input);
        await Harness.RunUntilIdleAsync();
        return id;
    }

    public async Task<OrchestrationState> StartAndRunAsync<TIn, TOut>(OrchestratorRef<TIn, TOut> orchestrator, TIn input) =>
        await Harness.RunToEndAsync(await StartAsync(orchestrator, input));

    public async Task<List<LabelledItem>> ReadAsync(LabelOutput output) => await JsonLines.ReadAsync<LabelledItem>(Store, output.Labels).ToListAsync();

    public ObservedInteraction Serve(string text, string decision = "billing", AgentOutput? correction = null, string corrector = "ada", bool? trainable = null)
    {
        var id = $"x{Traffic.Count}";
        var time = Harness.Now - TimeSpan.FromMinutes(1);
        var interaction = new Interaction
        {
            Id = id, Agent = "helpdesk", Time = time, Version = "v1", Input = [ChatMessage.User(text)], Output = new AgentOutput(decision), Trainable = trainable,
        };
        Feedback[] feedback = correction is null
            ? []
            :
            [
                new Feedback
                {
                    Id = $"f{Traffic.Count}", Agent = "helpdesk", Time = time, Interaction = id, Metric = "demonstration", Demonstration = correction,
                    Source = new FeedbackSource(SourceKind.Human, corrector),
                },
            ];
        Traffic.Add(new ObservedInteraction(interaction, feedback, null));
        return Traffic[^1];
    }

    public LabelBatch LabelBatch() => ActivatorUtilities.CreateInstance<LabelBatch>(Harness.Services);

    public BuildDataset BuildDataset() => ActivatorUtilities.CreateInstance<BuildDataset>(Harness.Services);

    public ValueTask DisposeAsync() => Harness.DisposeAsync();
}

/// <summary>Teachers that answer as told, and remember what they were asked.</summary>
internal sealed class ScriptedModels
{
    private readonly ConcurrentDictionary<string, Func<ModelRequest, ModelAnswer>> _answers = new();

    public ConcurrentQueue<(string Model, ModelRequest Request)> Asked { get; } = new();

    public ScriptedModels Answer(string model, Func<ModelRequest, ModelAnswer> answer)
    {
        _answers[model] = answer;
        return this;
    }

    public ScriptedModels Answer(string model, string label, double? confidence = null) =>
        Answer(model, _ => new ModelAnswer { Output = new AgentOutput(label), Confidence = confidence });

    public int AskedOf(string model) => Asked.Count(a => a.Model == model);

    public IModelSource Source(string scheme) => new ScriptedSource(this, scheme);

    private sealed class ScriptedSource(ScriptedModels models, string scheme) : IModelSource
    {
        public string Scheme => scheme;

        public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) =>
            Task.FromResult<IChatModel>(new ScriptedModel(models, scheme == "builtin" ? "champion" : reference));
    }

    private sealed class ScriptedModel(ScriptedModels models, string name) : IChatModel
    {
        public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
        {
            models.Asked.Enqueue((name, request));
            return models._answers.TryGetValue(name, out var answer)
                ? Task.FromResult(answer(request))
                : Task.FromResult(new ModelAnswer { Output = new AgentOutput("billing"), Confidence = 0.9, Margin = 0.5 });
        }
    }
}
