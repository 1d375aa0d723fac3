using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.Durable;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Models;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation;

/// <summary>A whole evaluation over traffic of random words: champion, candidate and oracle (the labeller) are what a test says.</summary>
internal sealed class EvaluationWorld : IAsyncDisposable
{
    public const string Agent = "helpdesk", Run = "helpdesk-0001";
    private const int Traffic = 1_000;

    private DurableHarness _harness = null!;

    public MemoryStore Store { get; } = new();

    public ScriptedModels Models { get; } = new();

    public VirtualClock Clock => _harness.Clock;

    public AgentManifest Manifest { get; private set; } = null!;

    public T Get<T>() where T : notnull => _harness.Services.GetRequiredService<T>();

    public static async Task<EvaluationWorld> OpenAsync(
        Func<ModelRequest, ModelAnswer> champion, Func<ModelRequest, ModelAnswer> candidate, Func<string, string> truth, Func<AgentManifest, AgentManifest>? change = null,
        Func<int, IReadOnlyDictionary<string, string>>? tags = null, string? dataset = null, Action<IServiceCollection>? configure = null)
    {
        var world = new EvaluationWorld();
        IAsyncEnumerable<ObservedInteraction> Read(DateTimeOffset from, DateTimeOffset until) => TrafficAsync(world._harness.Clock.GetUtcNow(), from, until, tags);
        world._harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddEvaluation().AddDataGeneration(), services =>
        {
            services.AddSingleton<IObjectStore>(world.Store)
                .AddStoreParts().AddAgents().AddAudit().AddDataGeneration().AddEvaluation()
                .AddSingleton<TrafficReader>(_ => (_, from, until, _, _) => Read(from, until))
                .AddSingleton<ReadObserved>(_ => (_, since, _) => Read(since, DateTimeOffset.MaxValue))
                .AddSingleton<IModelSource>(world.Models)
                .AddSingleton<ModelCatalog>().AddSingleton<SpendBook>().AddSingleton<RunGuard>();
            configure?.Invoke(services);
        });
        var manifest = Some.Manifest(Agent) with
        {
            Goal = new GoalSettings { Metric = "helpful" },
            Evaluation = new EvaluationSettings { Labeller = "oracle", Items = 120, MaxItems = 120, ValidationShare = 0.3 },
            Teachers = [new TeacherSettings { Name = "oracle", Model = world.Models.Add("oracle", ScriptedModel.Text(r => truth(TextIn(r.LastUserText)))), Price = 0.01m }],
        };
        world.Manifest = (change ?? (m => m))(manifest);
        await world.Get<ManifestStore>().PutAsync(world.Manifest);
        await world.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = world.Models.Add("champion", new ScriptedModel(champion)) });
        await world.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = world.Models.Add("candidate", new ScriptedModel(candidate)), Dataset = dataset });
        await world.Get<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(Agent), Run);
        return world;
    }

    public async Task<EvaluationReport> EvaluateAsync()
    {
        var id = EvaluateCandidate.InstanceId(Run, 1);
        await _harness.Client.StartAsync(EvaluateCandidate.Ref, id, new EvaluateInput(new RunRef(Agent, Run, 1, 1), "v1", "v2", 0));
        var state = await _harness.RunToEndAsync(id);
        if (state.Status != OrchestrationStatus.Completed) throw new InvalidOperationException(state.Failure?.Message);
        return JsonSerializer.Deserialize<EvaluationReport>((await Store.ReadAsync(state.OutputAs<EvaluateOutput>()!.Report))!.Bytes.Span, SeamJson.Options)!;
    }

    public async Task<string> PageAsync() => System.Text.Encoding.UTF8.GetString((await Store.ReadAsync($"runs/{Agent}/{Run}/report-1.md"))!.Bytes.Span);

    /// <summary>The text of a request, out of whatever prompt it is quoted in.</summary>
    public static string TextIn(string quoted) => System.Text.RegularExpressions.Regex.Match(quoted, "[a-z]{5}( [a-z]{5}){5}").Value;

    /// <summary>Random letters: no two requests are near-duplicates.</summary>
    public static string Words(int i)
    {
        var random = new SeededRandom((ulong)i);
        return string.Join(' ', Enumerable.Range(0, 6).Select(_ => string.Concat(Enumerable.Range(0, 5).Select(_ => (char)('a' + random.Next(26))))));
    }

    /// <summary>Whether a version that is right so often is right on a text: always the same.</summary>
    public static bool Luck(string who, string text, double probability) => new SeededRandom(who + text).NextBool(probability);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    private static async IAsyncEnumerable<ObservedInteraction> TrafficAsync(
        DateTimeOffset now, DateTimeOffset from, DateTimeOffset until, Func<int, IReadOnlyDictionary<string, string>>? tags)
    {
        await Task.CompletedTask;
        var start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) - TimeSpan.FromMinutes(Traffic);
        for (var i = 0; i < Traffic; i++)
        {
            var time = start + TimeSpan.FromMinutes(i);
            if (time < from || time >= until || time >= now) continue;
            var input = new Interaction { Id = $"i{i}", Agent = Agent, Time = time, Input = [ChatMessage.User(Words(i))], Output = new AgentOutput("billing"), Tags = tags?.Invoke(i) };
            yield return new ObservedInteraction(input, [], null);
        }
    }
}
