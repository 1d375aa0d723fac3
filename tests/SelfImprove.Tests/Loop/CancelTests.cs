using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Loop;

/// <summary>A person cancels a run, wherever it waits.</summary>
public sealed class CancelTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Agent = ImprovementWorld.Agent, Run = DriftedWorld.Run;

    // Hardly any input may be kept for validation: the planner wants more traffic before it acts.
    private static AgentManifest HasTooLittle(AgentManifest m) => m with
    {
        Planning = m.Planning with { MaxWait = 2_000, MaxWaitTime = TimeSpan.FromDays(2) }, Evaluation = m.Evaluation with { ValidationShare = 0.02 },
    };

    private static async Task CancelAsync(ImprovementWorld world)
    {
        (await world.Get<RunService>().CancelAsync(Run, "person:ada", "We move house.")).ShouldBeTrue();
        await world.Engine.RunUntilIdleAsync();
        var outcome = (await world.OutcomeAsync(Run)).ShouldNotBeNull("it stops at once, not at its next timer");
        outcome.Ending.ShouldBe(ImprovementEnding.Cancelled, outcome.Reason);
        outcome.Reason.ShouldContain("cancelled");
        outcome.Champion.ShouldBe("v1");
        (await world.RoutingAsync()).Champion.ShouldBe("v1");
        (await world.TroubleAfterAsync()).ShouldBeNull();
        (await world.Get<RunService>().CancelAsync(Run, "person:ada", "again")).ShouldBeFalse();

        await world.RequestAsync("r2");
        (await world.LookAsync(answerInbox: false))!.Start!.Run.ShouldBe("desk-0002");
        (await world.ReadAsync<SelfImprove.Loop.OpenedRun>("opened.json", "desk-0002")).ShouldNotBeNull("the agent is free for the next run");
    }

    [Fact]
    public async Task Cancel_WaitingForTraffic_Ends()
    {
        await using var world = await origin.ForkAsync(HasTooLittle);
        await world.LookAsync();
        (await world.RunStateAsync(Run))!.CustomStatus!.ShouldContain("\"waiting\"");
        await CancelAsync(world);
    }

    [Fact]
    public async Task Cancel_WaitingForPeople_EndsAndClosesTheirTasks()
    {
        await using var world = await origin.ForkAsync();
        await world.LookAsync(answerInbox: false);
        (await world.Get<InboxService>().ListAsync(Agent, new InboxFilter(OpenOnly: true))).ShouldNotBeEmpty();
        await CancelAsync(world);
        (await world.Get<InboxService>().ListAsync(Agent, new InboxFilter(OpenOnly: true, Run: Run))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancel_WaitingForApproval_Ends()
    {
        await using var world = await origin.ForkAsync(m => m with { Improvement = m.Improvement with { Mode = ImprovementMode.Approve } });
        await world.LookAsync();
        (await world.RunStateAsync(Run))!.CustomStatus!.ShouldContain("\"approval\"");
        await CancelAsync(world);
    }

    [Fact]
    public async Task Cancel_DuringTraining_CancelsTheJob()
    {
        await using var world = await origin.ForkAsync(m => m with { Student = m.Student with { Trainer = ScriptedTrainer.TrainerName } }, ScriptedTrainer.AddTo);
        world.Get<ScriptedTrainer>().Script = (_, _) => ScriptedTrainer.Working;
        await world.LookAsync();
        world.Get<ScriptedTrainer>().Jobs.ShouldBe(1);
        await CancelAsync(world);
        world.Get<ScriptedTrainer>().Cancelled.ShouldContain("job-1");
    }

    [Fact]
    public async Task Cancel_DuringTheRollout_WithdrawsTheChallenger()
    {
        await using var world = await origin.ForkAsync();
        await world.LookAsync();
        (await world.RoutingAsync()).Experiment!.Challenger.ShouldBe("v2");
        await CancelAsync(world);
        (await world.AuditAsync()).ShouldContain(e => e.Kind == "withdrawn");
    }

    [Fact]
    public async Task Cancel_WhilePaused_LiftsThePause()
    {
        await using var world = await origin.ForkAsync(m => m with { Deployment = m.Deployment with { WhileImproving = WhileImproving.Pause } });
        await world.LookAsync(answerInbox: false);
        (await world.RoutingAsync()).Pause.ShouldNotBeNull();
        await CancelAsync(world);
    }

    [Fact]
    public async Task Wait_NoTrafficComes_GoesOnWithWhatThereIsWhenTheTimeIsUp()
    {
        await using var world = await origin.ForkAsync(HasTooLittle);
        await world.LookAsync();
        await world.PassAsync(TimeSpan.FromHours(47));
        (await world.ReadAsync<PlanChoice>("plan-1.json"))!.Chosen!.Plan.Wait.ShouldBeGreaterThan(0);
        (await world.RunStateAsync(Run))!.CustomStatus!.ShouldContain("\"waiting\"");

        await world.PassAsync(TimeSpan.FromHours(2), answerInbox: true);

        // It decides after one waiting time, not after one for every look: with few items to prove anything on, it may well be not to act.
        ((await world.ReadAsync<PlanChoice>("plan-1.json"))!.Chosen?.Plan.Wait ?? 0).ShouldBe(0);
        if (await world.OutcomeAsync(Run) is { } outcome) outcome.Ending.ShouldBe(ImprovementEnding.NothingToDo, outcome.Reason);
    }

    [Fact]
    public async Task RollBackByAPerson_DuringTheRollout_EndsTheRunAndTellsWhatServes()
    {
        await using var world = await origin.ForkAsync();
        await world.LookAsync();
        await world.Get<SelfImprove.Deployment.RollBack>().ToAsync(Agent, "v1", "person:ada", "no experiments today");
        await world.ServeAsync(40, world.AnyClass);

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBe(ImprovementEnding.Cancelled, outcome.Reason);
        outcome.Champion.ShouldBe("v1");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }
}
