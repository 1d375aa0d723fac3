using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Planning;

public sealed class IntrospectionTests
{
    [Fact]
    public async Task Look_OneSliceLosesMoreThanMendingCosts_AsksForAnImprovementWhichIsHeard()
    {
        await using var world = await ImprovementWorld.OpenAsync(m => m with
        {
            // No other policy listens, and the goal is worth a lot: only the planner's own request can start the run.
            Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
            Goal = m.Goal with { Value = 0.5m },
        });

        await world.PlayAsync(600, world.AnyClass, async () => await world.RunStateAsync("desk-0001") is not null);

        var start = await world.Get<RunRegister>().StartOfAsync(ImprovementWorld.Agent, "desk-0001");
        start.ShouldNotBeNull();
        start.Cause.Kind.ShouldBe(TriggerKind.Request);
        start.Cause.By.ShouldStartWith("planner");
        start.Cause.Evidence.ShouldContain("alone loses");
    }

    [Fact]
    public async Task Look_NoRequestTrigger_StaysSilent()
    {
        await using var world = await ImprovementWorld.OpenAsync(m => m with { Triggers = [], Goal = m.Goal with { Value = 0.5m } });

        await world.PlayAsync(400, world.AnyClass);

        (await world.Get<RequestBook>().WaitingAsync(ImprovementWorld.Agent)).ShouldBeEmpty();
    }
}
