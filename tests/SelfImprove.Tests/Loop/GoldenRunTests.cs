using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Durable;
using SelfImprove.Loop;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Loop;

/// <summary>
/// The histories of one whole run, recorded when its orchestrators were released: today's code must ask for the same steps, or instances under way would be
/// parked. An incompatible change needs a new orchestrator name. To record anew (before a release): run these tests with SELFIMPROVE_RECORD=1.
/// </summary>
public sealed class GoldenRunTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string File = "run.ndjson";

    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Loop", "Goldens", File);

    [Fact]
    public async Task Replay_OfAWholeRun_TodaysCodeAsksForTheSame()
    {
        if (Environment.GetEnvironmentVariable("SELFIMPROVE_RECORD") == "1") await RecordAsync();
        var histories = await ReadAsync();
        histories.Select(h => h.Orchestrator).Distinct().ShouldBe(
            ["ImprovementLoop", "PlanRound", "GenerateData", "LabelItems", "LabelShard", "TrainCandidate", "EvaluateCandidate", "Rollout"], ignoreOrder: true);
        await using var services = Services();
        foreach (var history in histories) HistoryReplayer.Replay(history, ImprovementRegistry.Create(), services).ShouldBeNull(history.InstanceId);
    }

    [Fact]
    public async Task Replay_OfARunRecordedByOtherCode_IsRefusedAndNamesTheStep()
    {
        var text = (await System.IO.File.ReadAllLinesAsync(Golden)).Single(l => DurableHistory.Parse(l).Orchestrator == nameof(ImprovementLoop));
        text.ShouldContain("TrainCandidate");
        await using var services = Services();
        var message = HistoryReplayer.Replay(DurableHistory.Parse(text.Replace("TrainCandidate", "TrainStudent")), ImprovementRegistry.Create(), services);
        message.ShouldNotBeNull();
        message.ShouldContain("history has child 'TrainStudent'");
        message.ShouldContain("the code asked for child 'TrainCandidate'");
    }

    private static async Task<List<DurableHistory>> ReadAsync() => [.. (await System.IO.File.ReadAllLinesAsync(Golden)).Select(DurableHistory.Parse)];

    private static ServiceProvider Services() => new ServiceCollection().AddLogging().AddSelfImprove().BuildServiceProvider();

    private async Task RecordAsync()
    {
        await using var world = await origin.ForkAsync(m => m with { Improvement = m.Improvement with { Mode = ImprovementMode.Approve } }, name: "golden");
        await world.LookAsync();
        await world.Get<ApprovalService>().AnswerAsync(ImprovementWorld.Agent, DriftedWorld.Run, true, "person:ada", null);
        (await world.EndAsync()).Ending.ShouldBe(ImprovementEnding.Promoted);
        var lines = new List<string>();
        await foreach (var instance in world.Get<IOrchestrationClient>().ListAsync(DriftedWorld.Run))
            lines.Add(System.Text.Json.JsonSerializer.Serialize(await world.Engine.ExportHistoryAsync(instance.InstanceId), SeamJson.Options));
        await System.IO.File.WriteAllLinesAsync(Golden, lines);
    }
}
