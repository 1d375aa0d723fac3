using SelfImprove.Agents.Manifests;
using SelfImprove.Loop;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Loop;

/// <summary>The autonomy settings, and what a run leaves behind.</summary>
public sealed class EndingTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Run = DriftedWorld.Run;

    [Fact]
    public async Task Run_AskedForByAPerson_IsPromotedAndWrittenDown()
    {
        await using var world = await origin.ForkAsync();

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        outcome.Champion.ShouldBe("v2");
        (await world.RoutingAsync()).Champion.ShouldBe("v2");
        (await world.TroubleAfterAsync()).ShouldBeNull();
        var entry = (await world.Get<Ledger>().ReadAsync(ImprovementWorld.Agent)).ShouldHaveSingleItem();
        entry.PredictedGain.ShouldBeGreaterThan(0.05);
        entry.RealisedGain!.Value.ShouldBeGreaterThan(0.05);
        entry.OnlineGain!.Value.ShouldBeGreaterThan(0.05);
        entry.PredictedCostUsd.ShouldBeGreaterThan(0);
        entry.RealisedCostUsd.ShouldBe((await world.SpendAsync()).Sum(e => e.Usd));
        entry.Outcome.ShouldBe("Promoted");
        var record = (await world.ReadAsync<RunRecord>("outcome.json"))!;
        record.Outcome.ShouldBe(outcome);
        record.Input.Cause.By.ShouldBe("person:ada");
        (await world.AuditAsync()).Select(e => e.Kind).Where(k => k is "trigger" or "runStarted" or "planned" or "trafficSplit" or "promoted" or "runEnded")
            .ShouldBe(["trigger", "runStarted", "planned", "trafficSplit", "promoted", "runEnded"]);
    }

    [Fact]
    public async Task Mode_Off_NothingStarts()
    {
        await using var world = await origin.ForkAsync(m => m with { Improvement = m.Improvement with { Mode = ImprovementMode.Off } });

        var decision = await world.LookAsync();

        decision!.Start.ShouldBeNull();
        decision.Guards.ShouldContain(g => g.Contains("improvement.mode is off"));
        (await world.RunStateAsync(Run)).ShouldBeNull();
        (await world.SpendAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Mode_Advise_PlansAndSpendsNothing()
    {
        await using var world = await origin.ForkAsync(m => m with { Improvement = m.Improvement with { Mode = ImprovementMode.Advise } });

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBe(ImprovementEnding.Advised, outcome.Reason);
        outcome.Reason.ShouldStartWith("It would do this: ");
        outcome.Reason.ShouldContain("labels from strong");
        (await world.SpendAsync()).ShouldBeEmpty();
        (await world.ReadAsync<PlanChoice>("plan-1.json"))!.Chosen.ShouldNotBeNull();
        (await world.Get<Ledger>().ReadAsync(ImprovementWorld.Agent)).ShouldBeEmpty();
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_OfAnAgentThatIsHeld_IsRefusedAndLeavesTheOtherAlone()
    {
        await using var world = await origin.ForkAsync(m => m with { Improvement = m.Improvement with { Mode = ImprovementMode.Approve } });
        await world.LookAsync();

        var client = world.Get<SelfImprove.Orchestration.IOrchestrationClient>();
        await client.StartAsync(ImprovementLoop.Ref, "desk-9999", new ImprovementInput(ImprovementWorld.Agent, "desk-9999", new ImprovementCause(TriggerKind.Request, "person:eve", "Now!")));
        await world.Engine.RunUntilIdleAsync();

        var outcome = (await world.OutcomeAsync("desk-9999"))!;
        outcome.Ending.ShouldBe(ImprovementEnding.Refused);
        outcome.Reason.ShouldBe("Run desk-0001 holds desk; one at a time.");
        (await world.RunStateAsync(Run))!.HasEnded.ShouldBeFalse();
        (await world.LookAsync())!.Guards.ShouldContain("Run desk-0001 is under way.");
    }

    [Fact]
    public async Task Run_OfAGroupThatIsHeld_WaitsForTheOther()
    {
        await using var world = await origin.ForkAsync(m => m with { Group = "office" });
        var leases = world.Get<SelfImprove.Storage.LeaseBook>();
        await leases.TryAcquireAsync(SelfImprove.Storage.LeaseBook.ForGroup("office"), "travel-0003");

        (await world.LookAsync())!.Guards.ShouldContain(g => g.Contains("travel-0003") && g.Contains("group office"));
        (await world.RunStateAsync(Run)).ShouldBeNull();

        await leases.ReleaseAsync(SelfImprove.Storage.LeaseBook.ForGroup("office"), "travel-0003");
        await world.LookAsync();
        (await leases.ReadAsync(SelfImprove.Storage.LeaseBook.ForGroup("office")))!.Run.ShouldBe(Run);
        (await world.EndAsync()).Ending.ShouldBe(ImprovementEnding.Promoted);
        (await leases.ReadAsync(SelfImprove.Storage.LeaseBook.ForGroup("office")))!.Run.ShouldBeNull();
    }

    [Fact]
    public async Task CoolDown_AfterARun_HoldsTheCriticBackButNotAPerson()
    {
        await using var world = await origin.ForkAsync(m => m with { Improvement = m.Improvement with { Mode = ImprovementMode.Advise } });
        await world.EndAsync(requests: 0);

        var book = world.Get<SelfImprove.Monitoring.Triggers.RequestBook>();
        await book.AskAsync(ImprovementWorld.Agent, "c1", new SelfImprove.Monitoring.Triggers.Requester(SelfImprove.Monitoring.Triggers.RequesterKind.Critic), "Checks fail.");
        (await world.LookAsync())!.Guards.ShouldContain(g => g.Contains("cool-down"));
        await world.RequestAsync("r2");
        (await world.LookAsync())!.Start!.Run.ShouldBe("desk-0002");
    }
}
