using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Loop;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using SelfImprove.Tests.DataGeneration.SelfPlay;
using SelfImprove.Tests.Training.Builtin;
using SelfImprove.Training.Builtin;
using Xunit.Abstractions;
using StudentSettings = SelfImprove.Training.Builtin.StudentSettings;

namespace SelfImprove.Tests.Loop;

/// <summary>Whole runs whose plan asks nobody for labels: from the request to the promotion.</summary>
public sealed class WithoutLabelsLoopTests(ITestOutputHelper output)
{
    private const string Run = DriftedWorld.Run;

    // People are dear; the cheap model labels validation items, and the pilot, but teaches nobody.
    private static AgentManifest Manifest(AgentManifest m) => m with
    {
        Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
        Teachers = [new TeacherSettings { Name = "auditor", Model = $"builtin:{SmallManifest.TeacherPath}", Price = 0.01m, Accuracy = 0.97 }, new TeacherSettings { Name = "people", Kind = TeacherKind.People, Price = 50m }],
        Planning = m.Planning with { MaxWait = 0 },
        Evaluation = m.Evaluation with { Labeller = "auditor", Items = 150, MaxItems = 200, ValidationShare = 0.25 },
        Data = m.Data with { MaxSourceShare = 1 },
    };

    [Fact, Trait("Data", "reference")]
    public async Task Run_JudgeThatKnows_PlaysAndIsPromoted()
    {
        var texts = LabelledCsv.Read("snips", "train.csv").DistinctBy(t => t.Text).ToArray();
        new SeededRandom(3).Shuffle<TextExample>(texts);
        var judge = new TruthJudge(texts.ToDictionary(t => t.Text, t => t.Label, StringComparer.Ordinal).GetValueOrDefault);
        await using var world = await ImprovementWorld.OpenAsync(
            m => Manifest(m) with { Goal = m.Goal with { Value = 0.5m }, Evaluation = Manifest(m).Evaluation with { Items = 300, MaxItems = 400, Judge = new JudgeSettings { Models = ["judge:97"], Price = 0.001m } } },
            alwaysReplay: false, services => services.AddSingleton<IModelSource>(judge), new WorldStart(new SmallTask(texts, 3), Known: 7, Taught: 3));
        await world.ServeAsync(1_300, world.AnyClass);
        await world.RequestAsync();

        var outcome = await world.EndAsync(requests: 4_000);

        var choice = (await world.ReadAsync<PlanChoice>("plan-1.json"))!;
        Tell(choice, outcome);
        choice.Chosen!.Plan.Strategy.ShouldBe(PlanStrategy.SelfPlay);
        choice.SelfPlay!.IsBetterThanStudent.ShouldBeTrue();
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        var card = (await world.ReadAsync<DatasetCard>("dataset-1.card.json"))!;
        card.Sources["self-play:v1"].ShouldBeGreaterThan(50);
        var played = await TrainedAsync(world, card.Path, _ => true);
        var alone = await TrainedAsync(world, card.Path, source => !source.StartsWith("teacher:", StringComparison.Ordinal));
        var test = LabelledCsv.Read("snips", "test.csv");
        output.WriteLine($"held out: champion {Error(await ModelAsync(world, "v1"), test):0.000}, self-play alone {Error(alone, test):0.000}, with the pilot's labels {Error(played, test):0.000}");
        Error(played, test).ShouldBeLessThan(Error(await ModelAsync(world, "v1"), test) - 0.05);
        Error(alone, test).ShouldBeLessThan(Error(await ModelAsync(world, "v1"), test) - 0.05, "what the student played teaches without any label");
        (await world.SpendAsync()).Where(e => e.What.Contains("self-play")).Sum(e => e.Usd).ShouldBeGreaterThan(0);
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact, Trait("Data", "reference")]
    public async Task Run_JudgeThatKnowsNothing_DoesNotPlay()
    {
        var texts = LabelledCsv.Read("snips", "train.csv").DistinctBy(t => t.Text).ToArray();
        new SeededRandom(3).Shuffle<TextExample>(texts);
        var judge = new TruthJudge(_ => null);
        await using var world = await ImprovementWorld.OpenAsync(
            m => Manifest(m) with { Approvals = new ApprovalSettings { Plan = true }, Evaluation = Manifest(m).Evaluation with { Judge = new JudgeSettings { Models = ["judge:0"], Price = 0.001m } } },
            alwaysReplay: false, services => services.AddSingleton<IModelSource>(judge), new WorldStart(new SmallTask(texts, 3), Known: 7, Taught: 3));
        await world.ServeAsync(400, world.AnyClass);
        await world.RequestAsync();

        await world.LookAsync();

        var choice = (await world.ReadAsync<PlanChoice>("plan-1.json"))!;
        choice.SelfPlay!.IsBetterThanStudent.ShouldBeFalse(choice.SelfPlay.ToString());
        choice.Candidates.ShouldNotContain(c => c.Plan.Strategy == PlanStrategy.SelfPlay);
        judge.Asked.ShouldBeGreaterThan(30);
    }

    [Fact]
    public async Task Run_UsersWhoPreferTheLessWrong_LearnsFromPairsAndIsPromoted()
    {
        await using var world = await ImprovementWorld.OpenAsync(
            m => Manifest(m) with { Feedback = m.Feedback with { WrongShare = 0.2 } }, alwaysReplay: false, start: new WorldStart(new SmallTask(10, 7), Known: 10, Taught: 3));
        // Two versions answered the same questions, one after the other; many users are content with an answer that is not right.
        var lenient = new SeededRandom(5);
        bool Judge(bool right) => right || lenient.NextBool(0.4);
        var asked = world.Task.Fork("asked").Examples(world.Task.Classes, 80).ToArray();
        lenient.Shuffle<TextExample>(asked);
        foreach (var version in new[] { "v1", "v2" })
        {
            if (version == "v2") await ServeVersionAsync(world, world.Task.Examples(world.Task.Classes, 4));
            foreach (var text in asked)
            {
                world.Task.Give(text);
                await world.ServeAsync(1, () => text.Label, judge: Judge);
            }
        }
        await world.RequestAsync();

        var outcome = await world.EndAsync(requests: 4_000);

        var choice = (await world.ReadAsync<PlanChoice>("plan-1.json"))!;
        Tell(choice, outcome);
        choice.Chosen!.Plan.Strategy.ShouldBe(PlanStrategy.Preference);
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        var card = (await world.ReadAsync<DatasetCard>("dataset-1.card.json"))!;
        card.Pairs!.Count.ShouldBeGreaterThan(50);
        card.Pairs.FromCorrections.ShouldBe(0);
        card.Pairs.Sources.Values.Sum().ShouldBe(card.Pairs.Count);
        var held = world.Task.Fork("held").Examples(world.Task.Classes, 60);
        var (before, after) = (Error(await ModelAsync(world, "v2"), held), Error(await ModelAsync(world, outcome.Champion!), held));
        output.WriteLine($"held out: champion {before:0.000}, promoted {after:0.000}, without pairs {Error(await TrainedAsync(world, card.Path, _ => true), held):0.000}");
        after.ShouldBeLessThan(before - 0.05);
        after.ShouldBeLessThan(Error(await TrainedAsync(world, card.Path, _ => true), held), "pairs teach beyond the dataset's rows");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    private void Tell(PlanChoice choice, ImprovementOutcome outcome)
    {
        output.WriteLine($"{choice.Diagnosis.Cause}; {choice.SelfPlay}{choice.Preference}; {outcome.Ending} {outcome.Reason}");
        foreach (var c in choice.Candidates.Take(5)) output.WriteLine($"  {c.Describe()}: gain {c.Gain:0.000} +- {c.GainSd:0.000}, {c.Promoted:P0}, {c.CostUsd} USD, net {c.NetUsd}, {c.Obstacle}");
    }

    private static async Task ServeVersionAsync(ImprovementWorld world, List<TextExample> rows)
    {
        var version = await world.Get<StartingVersion>().RegisterAsync(world.Manifest, rows, "person:test");
        (await world.Get<RoutingStore>().ChangeAsync(ImprovementWorld.Agent, t => RoutingChange.To(t with { Champion = version.Id, PreviousChampions = [t.Champion] }), null)).Changed.ShouldBeTrue();
    }

    private static async Task<StudentModel> ModelAsync(ImprovementWorld world, string version) =>
        StudentModel.Load((await world.Store.ReadAsync((await world.Get<VersionStore>().GetAsync(ImprovementWorld.Agent, version))!.Model["builtin:".Length..]))!.Bytes.Span);

    private static async Task<StudentModel> TrainedAsync(ImprovementWorld world, string dataset, Func<string, bool> source)
    {
        var rows = await DatasetReader.ReadExamplesAsync(world.Store, dataset, world.Manifest.Task).ToListAsync();
        var sources = await JsonLines.ReadAsync<RowProvenance>(world.Store, RowProvenance.PathOf(dataset)).ToListAsync();
        return StudentTrainer.Train(
            [.. rows.Zip(sources).Where(r => source(r.Second.Source)).Select(r => new TextExample(r.First.Text, r.First.Decision, r.First.Weight))], StudentSettings.Default with { Calibrate = false }, 1);
    }

    private static double Error(StudentModel model, IReadOnlyList<TextExample> held) => held.Count(h => model.Predict(h.Text).Label != h.Label) / (double)held.Count;
}
