using SelfImprove.Agents.Routing;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Loop;

public sealed class ImprovementLoopTests
{
    [Fact]
    public async Task Run_AfterTheMixDrifts_ReplacesTheChampionOnEvidence()
    {
        await using var world = await ImprovementWorld.OpenAsync();
        await world.PlayAsync(400, world.AnyKnown);
        var before = world.Answers.TakeLast(200).Average(a => a.Right ? 1.0 : 0);

        await world.PlayAsync(3000, world.AnyClass, async () => (await world.OutcomeAsync("desk-0001")) is not null);

        var outcome = await world.OutcomeAsync("desk-0001");
        outcome.ShouldNotBeNull();
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        (await world.Get<RoutingStore>().GetAsync(ImprovementWorld.Agent))!.Champion.ShouldBe("v2");
        await world.PlayAsync(200, world.AnyClass);
        world.Answers.TakeLast(200).Average(a => a.Right ? 1.0 : 0).ShouldBeGreaterThan(before - 0.1);
    }
}
