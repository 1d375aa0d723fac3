using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation;

public class EvaluateCandidateTests
{
    private const string Agent = "helpdesk";
    private static readonly string[] Labels = ["billing", "access", "travel"];
    private readonly MemoryStore _store = new();
    private readonly Dictionary<string, int> _asked = [];
    private double _candidateRight = 0.9;
    private int _answers;
    private int _traffic = 3_000;

    [Fact]
    public async Task EvaluateCandidate_BetterCandidate_PassesOnValidationItemsThatAreLabelledOnce()
    {
        await using var harness = await OpenAsync(new EvaluationSettings { Labeller = "oracle", Items = 120, MaxItems = 400, ValidationShare = 0.3 });

        var output = await EvaluateAsync(harness, round: 1);

        output.Verdict.ShouldBe(Verdict.Pass, string.Join("\n", output.Reasons));
        output.SuperiorityProven.ShouldBeTrue();
        output.Items.ShouldBe(120);
        output.CandidateScore.ShouldBeGreaterThan(output.ChampionScore + 0.1);
        // Where both answer alike, nobody had to be asked: those items count, and most of their labels are saved.
        var report = await ReportAsync(1);
        (report.Labelled + report.LabelsSaved).ShouldBe(120);
        report.LabelsSaved.ShouldBeGreaterThan(25);
        report.Labelled.ShouldBe(report.Differing!.Value + LabelChoice.FewestAgreeing);
        output.CostUsd.ShouldBe(0.01m * report.Labelled);
        var page = System.Text.Encoding.UTF8.GetString((await _store.ReadAsync("runs/helpdesk/helpdesk-0001/report-1.md"))!.Bytes.Span);
        page.ShouldContain($"| labelled by teacher:oracle | {report.Labelled} |");
        page.ShouldContain($"| labels saved, both versions answer alike | {report.LabelsSaved} |");

        // A second round asks nobody again: the same items, the same labels.
        var again = await EvaluateAsync(harness, round: 2);
        again.CostUsd.ShouldBe(0);
        _asked.Values.ShouldAllBe(times => times == 1);
        again.AlphaSpent.ShouldBeGreaterThan(output.AlphaSpent);
    }

    [Fact]
    public async Task EvaluateCandidate_SmallGain_AsksForMoreItemsUntilItIsProven()
    {
        _candidateRight = 0.72;
        await using var harness = await OpenAsync(new EvaluationSettings { Labeller = "oracle", Items = 60, MaxItems = 600, ValidationShare = 0.3 });

        var output = await EvaluateAsync(harness, round: 1);

        output.Items.ShouldBeGreaterThan(60);
        output.AlphaSpent.ShouldBeLessThanOrEqualTo(0.025);
        var report = await ReportAsync(1);
        report.Attempt.ShouldBeGreaterThan(1);
        // Some of the items answered alike that a small sample asked about are not among those of the large one.
        _asked.Count.ShouldBeInRange(report.Labelled, report.Labelled + LabelChoice.FewestAgreeing);
        // Nobody was asked twice, and no version answered an item twice.
        _asked.Values.ShouldAllBe(times => times == 1);
        _answers.ShouldBe(2 * output.Items);
    }

    [Fact]
    public async Task EvaluateCandidate_BudgetEnds_StaysInconclusiveAndSaysHowManyItemsItWouldTake()
    {
        _candidateRight = 0.72;
        await using var harness = await OpenAsync(new EvaluationSettings { Labeller = "oracle", Items = 60, MaxItems = 600, ValidationShare = 0.3 }, perRun: 1.2m);

        var output = await EvaluateAsync(harness, round: 1);

        output.Verdict.ShouldBe(Verdict.Inconclusive, string.Join("\n", output.Reasons));
        (await harness.Services.GetRequiredService<SpendBook>().OfRunAsync(new RunRef(Agent, "helpdesk-0001", 1, 1))).ShouldBeLessThanOrEqualTo(1.2m);
        var report = await ReportAsync(1);
        report.ItemsNeeded.ShouldNotBeNull().ShouldBeGreaterThan(report.Items);
        output.Reasons.ShouldContain(r => r.Contains($"about {report.ItemsNeeded} items in all would prove a difference like this four times in five"));
        report.Caveats.ShouldContain(c => c.Contains("budget"));
    }

    [Fact]
    public async Task EvaluateCandidate_LittleTraffic_StaysInconclusiveWithTheReason()
    {
        _traffic = 60;
        await using var harness = await OpenAsync(new EvaluationSettings { Labeller = "oracle", Items = 100, ValidationShare = 0.2 });

        var output = await EvaluateAsync(harness, round: 1);

        output.Verdict.ShouldBe(Verdict.Inconclusive);
        output.Reasons.ShouldContain(r => r.Contains("at least 30 are wanted"));
    }

    [Fact]
    public async Task DrawAsync_MoreWanted_ContainsTheFormerAndNothingOfTheTrainingSide()
    {
        await using var harness = await OpenAsync(new EvaluationSettings { Labeller = "oracle", ValidationShare = 0.3 });
        var manifest = (await harness.Services.GetRequiredService<ManifestStore>().GetAsync(Agent, 1))!.Manifest;
        var (sample, split) = (harness.Services.GetRequiredService<ValidationSample>(), harness.Services.GetRequiredService<InputSplit>());

        var (all, available) = await sample.DrawAsync(manifest, new HashSet<string>(), 5_000, harness.Now);
        var (some, _) = await sample.DrawAsync(manifest, new HashSet<string>(), available - 100, harness.Now);
        var (without, _) = await sample.DrawAsync(manifest, all.Take(50).Select(ValidationSetStore.KeyOf).ToHashSet(), 5_000, harness.Now);

        some.Select(i => i.Id).ShouldBe(all.Take(available - 100).Select(i => i.Id));
        without.Count.ShouldBe(available - 50);
        foreach (var item in all.Take(20)) (await split.SideAsync(Agent, item.Input[0].Text, 0.3)).ShouldBe(SplitSide.Validation);
    }

    private async Task<EvaluationReport> ReportAsync(int round) =>
        JsonSerializer.Deserialize<EvaluationReport>((await _store.ReadAsync($"runs/helpdesk/helpdesk-0001/report-{round}.json"))!.Bytes.Span, SeamJson.Options)!;

    private async Task<DurableHarness> OpenAsync(EvaluationSettings evaluation, decimal perRun = 50)
    {
        DurableHarness? harness = null;
        harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddEvaluation().AddDataGeneration(), services => services
            .AddSingleton<IObjectStore>(_store)
            .AddStoreParts().AddAgents().AddAudit().AddDataGeneration().AddEvaluation()
            .AddSingleton<TrafficReader>(_ => (agent, from, until, _, token) => TrafficAsync(harness!.Clock.GetUtcNow(), from, until, token))
            .AddSingleton<ReadObserved>(_ => (agent, since, token) => TrafficAsync(harness!.Clock.GetUtcNow(), since, DateTimeOffset.MaxValue, token))
            .AddSingleton<IModelSource>(_ => new ScriptedModels(this))
            .AddSingleton<ModelCatalog>().AddSingleton<SpendBook>().AddSingleton<RunGuard>());
        var manifest = Some.Manifest(Agent) with
        {
            Goal = new GoalSettings { Metric = "helpful" },
            Evaluation = evaluation,
            Budget = new BudgetSettings { PerRun = perRun, PerMonth = 100 },
            Teachers = [new TeacherSettings { Name = "oracle", Model = "test:oracle", Price = 0.01m }],
        };
        await harness.Services.GetRequiredService<ManifestStore>().PutAsync(manifest);
        foreach (var model in new[] { "test:champion", "test:candidate" }) await harness.Services.GetRequiredService<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = model });
        await harness.Services.GetRequiredService<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(Agent), "helpdesk-0001");
        return harness;
    }

    private static async Task<EvaluateOutput> EvaluateAsync(DurableHarness harness, int round)
    {
        var id = EvaluateCandidate.InstanceId("helpdesk-0001", round);
        var spent = round == 1 ? 0 : 0.0125;
        await harness.Client.StartAsync(EvaluateCandidate.Ref, id, new EvaluateInput(new RunRef(Agent, "helpdesk-0001", round, 1), "v1", "v2", spent));
        var state = await harness.RunToEndAsync(id);
        state.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        return state.OutputAs<EvaluateOutput>()!;
    }

    private async IAsyncEnumerable<ObservedInteraction> TrafficAsync(
        DateTimeOffset now, DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) - TimeSpan.FromMinutes(_traffic);
        for (var i = 0; i < _traffic; i++)
        {
            var time = start + TimeSpan.FromMinutes(i);
            if (time < from || time >= until || time >= now) continue;
            var input = new Interaction { Id = $"i{i}", Agent = Agent, Time = time, Input = [ChatMessage.User(Words(i))], Output = new AgentOutput("billing") };
            yield return new ObservedInteraction(input, [], null);
        }
    }

    // Random letters: no two requests are near-duplicates.
    private static string Words(int i)
    {
        var random = new SeededRandom((ulong)i);
        return string.Join(' ', Enumerable.Range(0, 6).Select(_ => string.Concat(Enumerable.Range(0, 5).Select(_ => (char)('a' + random.Next(26))))));
    }

    private sealed class ScriptedModels(EvaluateCandidateTests test) : IModelSource
    {
        public string Scheme => "test";

        public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) =>
            Task.FromResult<IChatModel>(new ScriptedModel(test, reference));
    }

    private sealed class ScriptedModel(EvaluateCandidateTests test, string name) : IChatModel
    {
        public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
        {
            // A teacher gets the request as quoted data within its own prompt.
            var text = Regex.Match(request.LastUserText, "[a-z]{5}( [a-z]{5}){5}").Value;
            var truth = (int)(SeededRandom.Hash(text) % 3);
            if (name != "oracle") Interlocked.Increment(ref test._answers);
            else
                lock (test._asked) test._asked[text] = test._asked.GetValueOrDefault(text) + 1;
            var right = name == "oracle" || new SeededRandom(name + text).NextBool(name == "candidate" ? test._candidateRight : 0.6);
            return Task.FromResult(new ModelAnswer { Output = new AgentOutput(Labels[right ? truth : (truth + 1) % 3]), Confidence = 0.9 });
        }
    }
}
