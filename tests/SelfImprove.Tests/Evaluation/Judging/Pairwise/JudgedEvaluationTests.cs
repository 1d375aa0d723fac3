using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Models;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation.Judging.Pairwise;

/// <summary>The whole evaluation with judges: most items have no label, a part is labelled by people.</summary>
public class JudgedEvaluationTests
{
    private const string Agent = "helpdesk";
    private const int Traffic = 1_500;
    private static readonly string[] Labels = ["billing", "access", "travel"];
    private readonly MemoryStore _store = new();
    private readonly ScriptedModels _models = new();

    [Fact]
    public async Task Evaluate_JudgesThatPeopleBearOut_DecideOnItemsThatNobodyLabelled()
    {
        var judge = ScriptedModel.Text(Judged);
        var (report, output) = await EvaluateAsync(judge);

        report.Judges!.MayDecide.ShouldBeTrue(report.Judges.Words);
        (report.Evaluator, report.Verdict, report.Items).ShouldBe(("judge", Verdict.Pass, 150));
        report.Sources["none"].ShouldBeGreaterThan(50);
        report.Judges.PeopleItems.ShouldBeGreaterThanOrEqualTo(30);
        output.SuperiorityProven.ShouldBeTrue();
        // Two orders for each pair that differs, a cent each.
        var spend = (await new SpendBook(_store, TimeProvider.System).EntriesAsync(Agent)).Where(e => e.What.Contains("judges", StringComparison.Ordinal)).Sum(e => e.Usd);
        spend.ShouldBe(judge.Asked.Count * 0.01m);
        judge.Asked.Count.ShouldBeLessThan(300);
    }

    [Fact]
    public async Task Evaluate_JudgeThatLooksAtTheOrder_IsOnlyReported()
    {
        var (report, _) = await EvaluateAsync(ScriptedModel.Text(_ => Say("A")));

        report.Judges!.MayDecide.ShouldBeFalse();
        report.Judges.TurnedShare.ShouldBeGreaterThan(0.3);
        report.Evaluator.ShouldBe("decision");
        report.Caveats.ShouldContain(c => c.Contains("followed the order"));
    }

    private async Task<(EvaluationReport Report, EvaluateOutput Output)> EvaluateAsync(ScriptedModel judge)
    {
        DurableHarness? harness = null;
        harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddEvaluation().AddDataGeneration(), services => services
            .AddSingleton<IObjectStore>(_store)
            .AddStoreParts().AddAgents().AddAudit().AddDataGeneration().AddEvaluation()
            .AddSingleton<TrafficReader>(_ => (agent, from, until, _, token) => TrafficAsync(harness!.Clock.GetUtcNow(), from, until))
            .AddSingleton<ReadObserved>(_ => (agent, since, token) => TrafficAsync(harness!.Clock.GetUtcNow(), since, DateTimeOffset.MaxValue))
            .AddSingleton<IModelSource>(_models)
            .AddSingleton<ModelCatalog>().AddSingleton<SpendBook>().AddSingleton<RunGuard>());
        await using var _ = harness;
        var manifest = Some.Manifest(Agent) with
        {
            Goal = new GoalSettings { Metric = "helpful" },
            Evaluation = new EvaluationSettings
            {
                Labeller = "oracle", Items = 150, MaxItems = 150, ValidationShare = 0.3, Evaluator = "judge",
                Judge = new JudgeSettings { Models = [_models.Add("judge", judge)], Price = 0.01m, AuditedItems = 40 },
            },
            Teachers = [new TeacherSettings { Name = "oracle", Model = _models.Add("oracle", ScriptedModel.Text(r => Truth(TextIn(r.LastUserText)))), Price = 0.01m }],
        };
        await harness.Services.GetRequiredService<ManifestStore>().PutAsync(manifest);
        foreach (var (name, right) in new[] { ("champion", 0.5), ("candidate", 0.8) })
        {
            var model = ScriptedModel.Text(r => new SeededRandom(name + r.LastUserText).NextBool(right) ? Truth(r.LastUserText) : Wrong(r.LastUserText));
            await harness.Services.GetRequiredService<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = _models.Add(name, model) });
        }
        // People have labelled half of what there is.
        var known = Enumerable.Range(0, Traffic).Where(i => i % 2 == 0).Select(i =>
            new ValidationItem($"i{i}", [ChatMessage.User(Words(i))], new AgentOutput(Truth(Words(i))), "people:ada"));
        await harness.Services.GetRequiredService<ValidationSetStore>().AddAsync(Agent, [.. known]);
        await harness.Services.GetRequiredService<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(Agent), "helpdesk-0001");

        var id = EvaluateCandidate.InstanceId("helpdesk-0001", 1);
        await harness.Client.StartAsync(EvaluateCandidate.Ref, id, new EvaluateInput(new RunRef(Agent, "helpdesk-0001", 1, 1), "v1", "v2", 0));
        var state = await harness.RunToEndAsync(id);
        state.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        var output = state.OutputAs<EvaluateOutput>()!;
        return (JsonSerializer.Deserialize<EvaluationReport>((await _store.ReadAsync(output.Report))!.Bytes.Span, SeamJson.Options)!, output);
    }

    private static async IAsyncEnumerable<ObservedInteraction> TrafficAsync(DateTimeOffset now, DateTimeOffset from, DateTimeOffset until)
    {
        await Task.CompletedTask;
        var start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) - TimeSpan.FromMinutes(Traffic);
        for (var i = 0; i < Traffic; i++)
        {
            var time = start + TimeSpan.FromMinutes(i);
            if (time < from || time >= until || time >= now) continue;
            yield return new ObservedInteraction(
                new Interaction { Id = $"i{i}", Agent = Agent, Time = time, Input = [ChatMessage.User(Words(i))], Output = new AgentOutput("billing") }, [], null);
        }
    }

    // Random letters: no two requests are near-duplicates.
    private static string Words(int i)
    {
        var random = new SeededRandom((ulong)i);
        return string.Join(' ', Enumerable.Range(0, 6).Select(_ => string.Concat(Enumerable.Range(0, 5).Select(_ => (char)('a' + random.Next(26))))));
    }

    private static string TextIn(string quoted) => System.Text.RegularExpressions.Regex.Match(quoted, "[a-z]{5}( [a-z]{5}){5}").Value;

    private static string Truth(string text) => Labels[(int)(SeededRandom.Hash(text) % 3)];

    private static string Wrong(string text) => Labels[((int)(SeededRandom.Hash(text) % 3) + 1) % 3];

    private static string Judged(ModelRequest request)
    {
        var text = request.LastUserText;
        using var document = JsonDocument.Parse(text[(text.IndexOf('\n') + 1)..text.LastIndexOf('\n')]);
        var truth = Truth(TextIn(text));
        bool Right(string which) => document.RootElement.GetProperty(which).GetProperty("text").GetString() == truth;
        return Say(Right("A") == Right("B") ? "tie" : Right("A") ? "A" : "B");
    }

    private static string Say(string better) => JsonSerializer.Serialize(new { reason = "because", better });
}
