using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Durable;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Deployment.Shadow;

/// <summary>The real orchestrator with its shadow stage, in virtual time.</summary>
public sealed class ShadowStageTests
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Shadow_NoHarm_TheTestBeginsAndDecides()
    {
        await using var world = await ShadowWorld.CreateAsync();
        world.Right = version => version == "v2" ? 0.95 : 0.6;

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.Promoted, output.Reason);
        output.Shadow.ShouldBeNull("it was decided by the test");
        (await world.KindsAsync()).ShouldBe(["shadowBegun", "shadowPassed", "trafficSplit", "promoted"]);
        var passed = (await world.World.AuditAsync()).Single(e => e.Kind == "shadowPassed");
        passed.Data.GetProperty("reading").GetProperty("pairs").GetInt32().ShouldBe(100);
        world.Models.CountOf("two").ShouldBe(100, "each request once");
        var state = await world.StateAsync();
        (state.Ended, state.Pairs, state.Lots).ShouldBe(("Passed", 100, 10));
        var split = (await world.World.AuditAsync()).Single(e => e.Kind == "trafficSplit");
        world.World.Served.Where(s => s.Interaction.Time < split.Time).ShouldAllBe(s => s.Interaction.Version == "v1" && s.Interaction.Routing!.Experiment == null);
        (await world.World.RoutingAsync())!.Champion.ShouldBe("v2");
    }

    [Fact]
    public async Task Shadow_AnswersAreWorse_IsWithdrawnBeforeAnybodySawThem()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { Requests = 300 });
        world.Right = version => version == "v2" ? 0.4 : 0.9;

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.WithdrawnInShadow);
        output.Reason.ShouldStartWith("withdrawn in the shadow, before anybody saw its answers: harm is proven (at most -");
        (output.Requests, output.Difference).ShouldBe((0, 0), "there was no A/B test");
        var shadow = output.Shadow.ShouldNotBeNull();
        shadow.Pairs.ShouldBeLessThan(200);
        shadow.Scorer.ShouldBe("the teacher teacher");
        shadow.Worse.ShouldBeGreaterThan(3 * shadow.Better);
        shadow.Difference.ShouldBeInRange(-0.7, -0.3);
        world.Models.CountOf("two").ShouldBe(shadow.Pairs, "nothing is asked after the proof");
        (await world.KindsAsync()).ShouldBe(["shadowBegun", "withdrawn"]);
        var table = await world.World.RoutingAsync();
        (table!.Champion, table.Experiment, table.Revision).ShouldBe(("v1", null, 3));
        world.World.Served.ShouldAllBe(s => s.Interaction.Version == "v1");
        (await world.StateAsync()).Ended.ShouldBe("WithdrawnInShadow");
    }

    [Theory]
    [InlineData("fails", "the challenger fails more often: 0 to ")]
    [InlineData("form", "the challenger more often gives answers that the agent may not give: 0 to ")]
    [InlineData("declines", "the challenger more often gives answers that the agent may not give: 0 to ")]
    [InlineData("closed", "the challenger fails more often: 0 to 1")]
    public async Task Shadow_GuardrailBroken_IsWithdrawn(string how, string why)
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { Scorer = "none", Requests = 200 }, m => m with { Teachers = [] });
        world.Right = _ => 1;
        if (how != "closed")
            world.Models["two"] = request => (ShadowWorld.NumberOf(request) % 3 == 0, how) switch
            {
                (true, "fails") => throw new InvalidOperationException("out of memory"),
                (true, "form") => new ModelAnswer { Output = new AgentOutput("I am not sure.") },
                (true, _) => new ModelAnswer { Output = new AgentOutput("billing"), Refusal = "content filter" },
                _ => new ModelAnswer { Output = new AgentOutput(ShadowWorld.Truth(ShadowWorld.NumberOf(request))) },
            };
        else world.Models.Remove("two");

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.WithdrawnInShadow);
        output.Reason.ShouldContain(why);
        output.Shadow!.Scored.ShouldBe(0);
        (await world.World.RoutingAsync())!.Champion.ShouldBe("v1");
    }

    [Fact]
    public async Task Shadow_TooFewRequestsInItsTime_EndsWithoutATest()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { MaxDuration = TimeSpan.FromHours(2) });
        world.World.Every = TimeSpan.FromMinutes(6);

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.Expired);
        output.Reason.ShouldBe("too little was seen in the shadow: 20 of 100 requests answered by both, 20 compared by the teacher teacher: "
            + $"{output.Shadow!.Better} better, {output.Shadow.Worse} worse ({Signed(output.Shadow.Difference)} [-1.000, +1.000]), at least 30 are needed, "
            + "and deployment.rollout.shadow.maxDuration of 02:00:00 is over. Nobody was sent to a version of which so little is known; allow it more, or set shadow.requests to 0");
        (await world.World.RoutingAsync())!.Experiment.ShouldBeNull();
        world.World.Served.ShouldAllBe(s => s.Interaction.Version == "v1");
    }

    [Fact]
    public async Task Shadow_NotAllRequestsInItsTimeButEnough_TheTestBegins()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { MaxDuration = TimeSpan.FromHours(1) });
        world.World.Every = TimeSpan.FromMinutes(1);
        world.Right = version => version == "v2" ? 0.95 : 0.4;

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.Promoted, output.Reason);
        var passed = (await world.World.AuditAsync()).Single(e => e.Kind == "shadowPassed").Data.GetProperty("reading");
        (passed.GetProperty("pairs").GetInt32(), passed.GetProperty("decision").GetString()).ShouldBe((60, "keepWaiting"));
        passed.GetProperty("reason").GetString()!.ShouldStartWith("the shadow's time is over; 60 of 100");
    }

    [Theory]
    [InlineData(0.25, RolloutOutcome.Expired, 20)]
    [InlineData(0.45, RolloutOutcome.Promoted, 40)]
    public async Task Shadow_MoneyEnds_NoMoreIsAskedAndWhatWasSeenDecides(double budget, RolloutOutcome outcome, int asked)
    {
        await using var world = await ShadowWorld.CreateAsync(manifest: m => m with { Budget = new BudgetSettings { PerRun = (decimal)budget } });
        world.Right = version => version == "v2" ? 0.95 : 0.4;
        world.Models["teacher"] = request => new ModelAnswer { Output = new AgentOutput(ShadowWorld.Truth(ShadowWorld.NumberOf(request))) };

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(outcome, output.Reason);
        world.Models.CountOf("two").ShouldBe(asked);
        (await world.SpentAsync()).ShouldBeLessThanOrEqualTo((decimal)budget);
        if (outcome == RolloutOutcome.Expired) output.Reason.ShouldContain("the money is spent: 10 answers of v2 in the shadow, and their comparison costs 0.1 USD");
        else (await world.World.AuditAsync()).Single(e => e.Kind == "shadowPassed").Data.GetProperty("reading").GetProperty("reason").GetString()!.ShouldStartWith("the shadow ended with the money");
    }

    [Fact]
    public async Task Shadow_PriceKnownAfterwardsOnly_IsBookedAndBoundsTheNextLot()
    {
        await using var world = await ShadowWorld.CreateAsync(
            s => s with { Scorer = "none" }, m => m with { Teachers = [], Budget = new BudgetSettings { PerRun = 1 } });
        world.AnswerUsd = 0.03m;

        await world.RolloutAsync();

        // The first lot of 10 shows the price, 0.30; two more fit, the fourth would not.
        (world.Models.CountOf("two"), await world.SpentAsync()).ShouldBe((30, 0.9m));
    }

    [Fact]
    public async Task Shadow_RunCancelled_WithdrawsAtOnce()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { Requests = 10_000 });
        var id = await world.BeginAsync(3 * Look);
        var (before, asked) = (world.World.Harness.Now, world.Models.CountOf("two"));
        (await world.World.RoutingAsync())!.Experiment!.ShouldSatisfyAllConditions(e => e.Stage.ShouldBe(RolloutStage.Shadow), e => e.Share.ShouldBe(0), e => e.Challenger.ShouldBe("v2"));
        asked.ShouldBeGreaterThan(100);

        await world.CancelAsync(id);
        var state = await world.World.Harness.RunToEndAsync(id);

        var output = state.OutputAs<RolloutOutput>()!;
        (output.Outcome, world.World.Harness.Now, world.Models.CountOf("two")).ShouldBe((RolloutOutcome.Cancelled, before, asked));
        output.Reason.ShouldStartWith("the run was cancelled; in the shadow: ");
        (await world.World.RoutingAsync())!.Experiment.ShouldBeNull();
        (await world.StateAsync()).Ended.ShouldBe("Cancelled");
    }

    [Fact]
    public async Task Shadow_RolledBackByAPersonMeanwhile_EndsAsCancelledAndLeavesTheirWord()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { Requests = 10_000 });
        var id = await world.BeginAsync(2 * Look);
        (await world.World.Get<RollBack>().ToAsync(RolloutWorld.Agent, "v1", "person:ada", "no")).Holds.ShouldBeTrue();

        var output = (await world.World.Harness.RunToEndAsync(id)).OutputAs<RolloutOutput>()!;

        output.Outcome.ShouldBe(RolloutOutcome.Cancelled);
        output.Reason.ShouldContain("taken out of the routing by a person");
        (await world.KindsAsync()).ShouldNotContain("trafficSplit");
    }

    [Fact]
    public async Task BeginExperiment_ShadowTakenOutByAPersonJustBefore_IsRefused()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { Requests = 10_000 });
        await world.BeginAsync(2 * Look);
        await world.World.Get<RollBack>().ToAsync(RolloutWorld.Agent, "v1", "person:ada", "no");
        var begin = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<BeginExperiment>(world.World.Harness.Services);

        var refused = await Should.ThrowAsync<InvalidOperationException>(() =>
            begin.RunAsync(new ActivityContext("x", "x", "0"), ShadowWorld.InShadow(RolloutWorld.Input()), default));

        refused.Message.ShouldBe("v2 can't be tested: its shadow was taken out of the routing by a person; v1 serves.");
    }

    [Fact]
    public async Task BeginShadow_RepeatedAfterItsEnd_ChangesNothing()
    {
        await using var world = await ShadowWorld.CreateAsync();
        world.Right = version => version == "v2" ? 0.3 : 0.95;
        (await world.RolloutAsync()).Outcome.ShouldBe(RolloutOutcome.WithdrawnInShadow);
        var before = (await world.World.RoutingAsync())!.Revision;
        var begin = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<BeginShadow>(world.World.Harness.Services);

        await begin.RunAsync(new ActivityContext("late", "late", "0"), ShadowWorld.InShadow(RolloutWorld.Input()), default);

        var table = await world.World.RoutingAsync();
        (table!.Experiment, table.Revision).ShouldBe((null, before));
    }

    [Fact]
    public async Task Shadow_ManyLooks_GoesOnWithAFreshHistory()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { Requests = 400, MaxDuration = TimeSpan.FromDays(3) });
        world.World.Every = TimeSpan.FromMinutes(5);
        world.Right = version => version == "v2" ? 0.95 : 0.5;

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.Promoted, output.Reason);
        world.Models.CountOf("two").ShouldBe(400); // two a look: 200 looks over four histories, each request once
        (await world.KindsAsync()).ShouldBe(["shadowBegun", "shadowPassed", "trafficSplit", "promoted"]);
    }

    [Fact]
    public async Task Shadow_ShareOfTheRequests_AsksThoseOfTheHashAndNoOthers()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { Share = 0.3, Requests = 60 });

        await world.RolloutAsync();

        var asked = world.Models.Asked.Where(a => a.Model == "two").Select(a => $"i{ShadowWorld.NumberOf(a.Request)}").ToList();
        asked.Count.ShouldBe(60);
        asked.ShouldAllBe(id => ShadowTraffic.IsSampled("helpdesk-0001-1", id, 0.3));
        asked.Max(id => int.Parse(id[1..])).ShouldBeInRange(120, 360);
    }

    [Fact]
    public async Task Shadow_ProcessDiesAtAnyCommit_AsksOnceAndKeepsOneStory()
    {
        async Task<ShadowWorld> WorldAsync()
        {
            var world = await ShadowWorld.CreateAsync(s => s with { Requests = 150 });
            world.Right = version => version == "v2" ? 0.95 : 0.4;
            return world;
        }
        long commits;
        decimal spent;
        await using (var calm = await WorldAsync())
        {
            (await calm.RolloutAsync()).Outcome.ShouldBe(RolloutOutcome.Promoted);
            (commits, spent) = (calm.World.Harness.Commits, await calm.SpentAsync());
        }
        spent.ShouldBe(1.5m);
        for (var commit = 1L; commit <= commits; commit++)
        {
            foreach (var phase in new[] { CommitPhase.Before, CommitPhase.After })
            {
                await using var world = await WorldAsync();
                world.World.Harness.CrashAt(commit, phase);
                RolloutOutput? output = null;
                while (output is null)
                {
                    try
                    {
                        output = await world.RolloutAsync();
                    }
                    catch (SimulatedCrashException)
                    {
                        await world.World.Harness.ReopenAsync();
                    }
                }
                var where = $"{phase} commit {commit}";
                output.Outcome.ShouldBe(RolloutOutcome.Promoted, where);
                (await world.KindsAsync()).ShouldBe(["shadowBegun", "shadowPassed", "trafficSplit", "promoted"], where);
                (world.Models.CountOf("two"), await world.SpentAsync()).ShouldBe((150, spent), where);
                (await world.World.RoutingAsync())!.Revision.ShouldBe(4, where);
            }
        }
    }

    [Fact]
    public async Task Shadow_StoreFailsAtAnyWrite_AsksNoMoreThanOneLotAgain()
    {
        for (var write = 1; write < 40; write += 3)
        {
            await using var world = await ShadowWorld.CreateAsync(s => s with { Requests = 100 });
            world.Right = version => version == "v2" ? 0.95 : 0.4;
            var left = write;
            world.World.Store.BeforeWrite = _ => --left == 0 ? throw new TransientException("the store was away") : Task.CompletedTask;

            var output = await world.RolloutAsync();

            output.Outcome.ShouldBe(RolloutOutcome.Promoted, $"write {write}: {output.Reason}");
            world.Models.CountOf("two").ShouldBeInRange(100, 100 + ShadowReplay.LotSize, $"write {write}");
            (await world.SpentAsync()).ShouldBe(1m, $"write {write}");
            (await world.StateAsync()).Pairs.ShouldBe(100, $"write {write}");
        }
    }

    [Fact]
    public async Task LookAtShadow_TwiceAtOnce_AsksOnce()
    {
        await using var world = await ShadowWorld.CreateAsync(s => s with { Requests = 30 });
        await world.BeginAsync(TimeSpan.Zero);
        var (rollout, now) = (ShadowWorld.InShadow(RolloutWorld.Input()) with { Shadow = new BegunShadow("helpdesk-0001-1", DateTimeOffset.MaxValue, Look) }, world.World.Harness.Now + Look);
        var (one, other) = (NewLook(), NewLook());
        TransientException? refused = null;
        world.Models["two"] = request =>
        {
            refused ??= Should.Throw<TransientException>(() => other.RunAsync(new ActivityContext("b", "b", "0"), new LookAtShadowInput(rollout, now), default).GetAwaiter().GetResult());
            return new ModelAnswer { Output = new AgentOutput(ShadowWorld.Truth(ShadowWorld.NumberOf(request))) };
        };

        var first = await one.RunAsync(new ActivityContext("a", "a", "0"), new LookAtShadowInput(rollout, now), default);
        var second = await other.RunAsync(new ActivityContext("b", "b", "0"), new LookAtShadowInput(rollout, now), default);

        refused!.Message.ShouldContain("is claimed by");
        (first.Step, second.Reading).ShouldBe((ShadowStep.BeginTest, first.Reading));
        (world.Models.CountOf("two"), await world.SpentAsync()).ShouldBe((30, 0.3m));

        LookAtShadow NewLook() => Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<LookAtShadow>(world.World.Harness.Services);
    }

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", System.Globalization.CultureInfo.InvariantCulture);
}
