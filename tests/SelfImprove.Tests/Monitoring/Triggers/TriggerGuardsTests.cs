using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Tests.Monitoring.Triggers;

public sealed class TriggerGuardsTests
{
    private static readonly TriggerSettings Request = new() { Kind = TriggerKind.Request };

    [Theory]
    [InlineData(ImprovementMode.Off, TriggerOutcome.Held)]
    [InlineData(ImprovementMode.Advise, TriggerOutcome.Fired)]
    [InlineData(ImprovementMode.Approve, TriggerOutcome.Fired)]
    [InlineData(ImprovementMode.Auto, TriggerOutcome.Fired)]
    public async Task EvaluateAsync_InEachMode_OnlyOffHolds(ImprovementMode mode, TriggerOutcome outcome)
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await ModeAsync(world, mode);
        await world.AskAsync(RequesterKind.Critic);

        var decision = await world.EvaluateAsync();

        decision.Outcome.ShouldBe(outcome);
        if (outcome == TriggerOutcome.Fired) decision.Start!.Mode.ShouldBe(mode);
        else decision.Guards.ShouldHaveSingleItem().ShouldStartWith("improvement.mode is off");
    }

    [Fact]
    public async Task EvaluateAsync_CoolDown_HoldsAllButPersons()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Critic);
        await FinishAsync(world, (await world.EvaluateAsync()).Start!.Run);
        await world.AskAsync(RequesterKind.Critic, id: "r2");
        world.Clock.Advance(TimeSpan.FromHours(23));

        var held = await world.EvaluateAsync();
        held.Outcome.ShouldBe(TriggerOutcome.Held);
        held.Guards.ShouldHaveSingleItem().ShouldContain("cool-down until 2025-03-04 09:00:00Z");

        await world.AskAsync(RequesterKind.Person, "ada", "r3");
        var decision = await world.EvaluateAsync();
        decision.Start!.Run.ShouldBe("helpdesk-0002");
        decision.Start.Cause.By.ShouldBe("person:ada");
        (await world.Requests.GetAsync("helpdesk", "r2"))!.Run.ShouldBe("helpdesk-0002", "one run takes up all that was asked");
    }

    [Fact]
    public async Task EvaluateAsync_CoolDownOver_Fires()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Critic);
        await FinishAsync(world, (await world.EvaluateAsync()).Start!.Run);
        await world.AskAsync(RequesterKind.Critic, id: "r2");
        world.Clock.Advance(TimeSpan.FromHours(24));

        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Fired);
    }

    [Fact]
    public async Task EvaluateAsync_MonthlyBudgetSpent_HoldsEvenPersonsUntilNextMonth()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.PutAsync(m => m with { Budget = new BudgetSettings { PerRun = 20, PerMonth = 20 } });
        await world.Spend.ChargeAsync(new RunRef("helpdesk", "helpdesk-0000", 1, 1), new BudgetSettings { PerRun = 20, PerMonth = 20 }, "k", "labels", 20);
        await world.AskAsync(RequesterKind.Person, "ada");

        (await world.EvaluateAsync()).Guards.ShouldBe(["20 USD of this month's budget of 20 are spent."]);
        world.Clock.Now = new DateTimeOffset(2025, 4, 1, 0, 0, 0, TimeSpan.Zero);
        await world.AskAsync(RequesterKind.Person, "ada", "r2");
        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Fired);
    }

    [Fact]
    public async Task EvaluateAsync_RunUnderWay_Holds()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Person, "ada");
        var run = (await world.EvaluateAsync()).Start!.Run;
        await world.Runs.ConfirmStartedAsync("helpdesk", run);
        await world.AskAsync(RequesterKind.Person, "ada", "r2");

        (await world.EvaluateAsync()).Guards.ShouldBe(["Run helpdesk-0001 is under way."]);
        await world.Runs.EndAsync("helpdesk", run);
        (await world.EvaluateAsync()).Start!.Run.ShouldBe("helpdesk-0002");
    }

    [Fact]
    public async Task EvaluateAsync_LeaseHeldOrGroupBusy_Holds()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.PutAsync(m => m with { Group = "desk" });
        await world.AskAsync(RequesterKind.Critic);
        await world.Leases.TryAcquireAsync(LeaseBook.ForAgent("helpdesk"), "old-0001");
        await world.Leases.TryAcquireAsync(LeaseBook.ForGroup("desk"), "billing-0004", TimeSpan.FromHours(1));

        (await world.EvaluateAsync()).Guards.ShouldBe(["Run old-0001 holds the agent.", "Run billing-0004 of another agent of group desk is under way."]);
        await world.Leases.ReleaseAsync(LeaseBook.ForAgent("helpdesk"), "old-0001");
        world.Clock.Advance(TimeSpan.FromHours(1));
        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Fired);
    }

    [Fact]
    public async Task EvaluateAsync_NoVersionYet_Holds()
    {
        var world = new TriggerWorld();
        await world.PutAsync(m => m with { Triggers = [Request] });
        await world.AskAsync(RequesterKind.Person, "ada");

        (await world.EvaluateAsync()).Guards.ShouldContain("No version serves the agent yet.");
    }

    [Fact]
    public async Task EndAsync_Repeated_KeepsTheFirstEnd()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Critic);
        var run = (await world.EvaluateAsync()).Start!.Run;
        await FinishAsync(world, run);
        world.Clock.Advance(TimeSpan.FromHours(20));
        await world.Runs.EndAsync("helpdesk", run);
        world.Clock.Advance(TimeSpan.FromHours(4));
        await world.AskAsync(RequesterKind.Critic, id: "r2");

        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Fired);
    }

    private static async Task FinishAsync(TriggerWorld world, string run)
    {
        await world.Runs.ConfirmStartedAsync("helpdesk", run);
        await world.Runs.EndAsync("helpdesk", run);
    }

    private static Task ModeAsync(TriggerWorld world, ImprovementMode mode) =>
        world.PutAsync(m => m with { Improvement = m.Improvement with { Mode = mode } });
}
