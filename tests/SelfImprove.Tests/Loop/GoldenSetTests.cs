using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Loop;

/// <summary>A golden set through whole runs: kept out of training, and a bar for every candidate.</summary>
public sealed class GoldenSetTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Agent = ImprovementWorld.Agent;

    [Fact]
    public async Task Run_GoldenSetPinned_IsNeverTrainedOnAndTheCandidateHoldsIt()
    {
        await using var world = await origin.ForkAsync(m => m with { Evaluation = m.Evaluation with { GoldenSet = "must-hold" } });
        // What users asked lately, which the planner would like to train on.
        var asked = (await AskedAsync(world)).TakeLast(24).ToList();
        await PinAsync(world, [.. asked.Select((text, i) => new ValidationItem($"g{i}", [ChatMessage.User(text)], new AgentOutput(world.TruthOf(text))))]);

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        var report = (await world.ReadAsync<EvaluationReport>("report-1.json"))!;
        report.GoldenItems.ShouldBe(24);
        report.Gates.Single(g => g.Gate == "golden").Outcome.ShouldBe(GateOutcome.Holds);
        (await world.ReadAsync<DatasetCard>("dataset-1.card.json"))!.Filtered["contamination"].ShouldBeGreaterThan(0);
        var golden = asked.Select(NormalisedText.Of).ToHashSet();
        await foreach (var row in DatasetReader.ReadRowsAsync(world.Store, $"runs/{Agent}/{DriftedWorld.Run}/dataset-1.jsonl", CancellationToken.None))
            golden.ShouldNotContain(NormalisedText.Of(InputText.Of(row.Messages)));
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_CandidateWorseOnTheGoldenSet_FailsThoughBetterElsewhere()
    {
        await using var world = await origin.ForkAsync(m => m with
        {
            Evaluation = m.Evaluation with { GoldenSet = "must-hold" }, Planning = m.Planning with { MaxRounds = 1 },
        });
        // Whatever the champion answers to some new texts is what the administrator insists on, wrong as it is: only a version that is no different holds.
        var version = (await world.Get<VersionStore>().GetAsync(Agent, "v1"))!;
        var champion = await world.Get<ModelCatalog>().OpenAsync(version.Model, world.Manifest.Task);
        var items = new List<ValidationItem>();
        foreach (var label in world.Task.Classes.Skip(6).SelectMany(c => Enumerable.Repeat(c, 5)))
        {
            ChatMessage[] input = [ChatMessage.User(world.Task.Say(label))];
            items.Add(new ValidationItem($"g{items.Count}", input, (await champion.AnswerAsync(new ModelRequest(input))).Output));
        }
        await PinAsync(world, items);

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBe(ImprovementEnding.NotGoodEnough, outcome.Reason);
        outcome.Reason.ShouldContain("worse on the golden set must-hold");
        outcome.Champion.ShouldBe("v1");
        var report = (await world.ReadAsync<EvaluationReport>("report-1.json"))!;
        (report.Verdict, report.CandidateScore > report.ChampionScore).ShouldBe((Verdict.Fail, true));
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_GoldenSetMissing_FailsWithWhatToDoAndTheChampionServes()
    {
        await using var world = await origin.ForkAsync(m => m with { Evaluation = m.Evaluation with { GoldenSet = "forgotten" } });

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBe(ImprovementEnding.Failed);
        outcome.Reason.ShouldContain("validation/desk/forgotten.jsonl has no items");
        (await world.RoutingAsync()).Champion.ShouldBe("v1");
    }

    private static async Task PinAsync(ImprovementWorld world, IReadOnlyList<ValidationItem> items) =>
        (await world.Get<GoldenSets>().PinAsync(world.Manifest, "must-hold", items, "person:ada")).ShouldBeNull();

    private static async Task<List<string>> AskedAsync(ImprovementWorld world) => await world.Get<TrafficReader>()(Agent, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)
        .OrderBy(o => o.Interaction.Time).Select(o => o.Interaction.Input[0].Text).ToListAsync();
}
