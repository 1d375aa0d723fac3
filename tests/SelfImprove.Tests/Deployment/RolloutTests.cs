using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Deployment;
using SelfImprove.Durable;
using SelfImprove.Runs;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Deployment;

public class RolloutTests
{
    [Fact]
    public async Task Rollout_ChallengerBetter_IsPromotedOnEvidence()
    {
        await using var world = await RolloutWorld.CreateAsync();
        world.Rate = version => version == "v2" ? 0.9 : 0.6;

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.Promoted);
        output.Difference.ShouldBeInRange(0.15, 0.45);
        output.Low.ShouldBeGreaterThan(-0.05);
        output.ChallengerRequests.ShouldBeGreaterThanOrEqualTo(30);
        var table = await world.RoutingAsync();
        (table!.Champion, table.Experiment).ShouldBe(("v2", null));
        table.PreviousChampions.ShouldBe(["v1"]);
        (await world.AuditAsync()).Select(e => e.Kind).ShouldBe(["trafficSplit", "promoted"]);
    }

    [Fact]
    public async Task Rollout_ChallengerWorse_IsRolledBackWhateverTheEvaluationSaid()
    {
        await using var world = await RolloutWorld.CreateAsync();
        world.Rate = version => version == "v2" ? 0.5 : 0.8;

        var output = await world.RolloutAsync(superiorityProven: true);

        output.Outcome.ShouldBe(RolloutOutcome.RolledBack);
        output.High.ShouldBeLessThan(0.05);
        output.Reason.ShouldContain("harm is proven");
        var table = await world.RoutingAsync();
        (table!.Champion, table.Experiment).ShouldBe(("v1", null));
        (await world.AuditAsync()).Select(e => e.Kind).ShouldBe(["trafficSplit", "withdrawn"]);
    }

    [Fact]
    public async Task Rollout_NoDifferenceAndNothingProvenBefore_ExpiresAtTheDeadline()
    {
        await using var world = await RolloutWorld.CreateAsync(s => s with { Deadline = TimeSpan.FromHours(3) });

        var output = await world.RolloutAsync(superiorityProven: false);

        output.Outcome.ShouldBe(RolloutOutcome.Expired);
        output.Reason.ShouldContain("no proof within 03:00:00");
        (await world.RoutingAsync())!.Champion.ShouldBe("v1");
    }

    [Fact]
    public async Task Rollout_ManyLooks_GoesOnWithAFreshHistory()
    {
        await using var world = await RolloutWorld.CreateAsync(s => s with { Deadline = TimeSpan.FromHours(30), LookEvery = TimeSpan.FromMinutes(10), MinKeys = 100_000 });
        world.Every = TimeSpan.FromMinutes(2);

        var output = await world.RolloutAsync(superiorityProven: false);

        output.Outcome.ShouldBe(RolloutOutcome.Expired);
        output.Requests.ShouldBe(885); // 29.5 hours have matured at the deadline, counted once each over four histories
        (await world.AuditAsync()).Count(e => e.Kind == "trafficSplit").ShouldBe(1);
    }

    [Fact]
    public async Task Rollout_ChallengerFails_IsRolledBackByTheGuardrail()
    {
        await using var world = await RolloutWorld.CreateAsync();
        var n = 0;
        world.Fails = version => version == "v2" && n++ % 4 == 0;

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.RolledBack);
        output.Reason.ShouldContain("fails more often");
    }

    [Fact]
    public async Task Rollout_ChallengersRecordsLost_IsVoided()
    {
        await using var world = await RolloutWorld.CreateAsync(s => s with { MinKeys = 100_000 });
        var n = 0;
        world.Lost = stamp => stamp.Challenger && n++ % 3 == 0;

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.Voided);
        output.Reason.ShouldContain("the split is broken");
    }

    [Fact]
    public async Task Rollout_SharesToClimb_RisesStepByStepAndIsDecidedWithoutBias()
    {
        await using var world = await RolloutWorld.CreateAsync(s => s with { Shares = [0.1, 0.25, 0.5], RequestsPerStep = 20 });
        world.Rate = version => version == "v2" ? 0.9 : 0.7;

        var output = await world.RolloutAsync(superiorityProven: false);

        output.Outcome.ShouldBe(RolloutOutcome.Promoted);
        var raised = (await world.AuditAsync()).Where(e => e.Kind == "shareRaised").Select(e => e.Data.GetProperty("share").GetDouble());
        raised.ShouldBe([0.25, 0.5]);
    }

    [Fact]
    public async Task Rollout_RunCancelled_WithdrawsAtOnce()
    {
        await using var world = await RolloutWorld.CreateAsync(s => s with { MinKeys = 100_000 });
        var id = Rollout.InstanceId(RolloutWorld.Run, 1);
        await world.Harness.Client.StartAsync(Rollout.Ref, id, RolloutWorld.Input());
        await world.Harness.RunUntilIdleAsync();
        var before = world.Harness.Now;

        await world.Get<SelfImprove.Storage.FactBook>().RecordAsync(RolloutWorld.Run, RunGuard.CancelGate, 0, new Cancellation("ada", null, before));
        await world.Harness.Client.RaiseEventAsync(id, Rollout.CancelEvent, "");
        var state = await world.Harness.RunToEndAsync(id);

        state.OutputAs<RolloutOutput>()!.Outcome.ShouldBe(RolloutOutcome.Cancelled);
        world.Harness.Now.ShouldBe(before);
        (await world.RoutingAsync())!.Experiment.ShouldBeNull();
    }

    [Fact]
    public async Task Rollout_RolledBackByAPersonMeanwhile_EndsAsCancelledAndLeavesTheirWord()
    {
        await using var world = await RolloutWorld.CreateAsync(s => s with { MinKeys = 100_000 });
        var id = Rollout.InstanceId(RolloutWorld.Run, 1);
        await world.Harness.Client.StartAsync(Rollout.Ref, id, RolloutWorld.Input());
        await world.Harness.RunUntilIdleAsync();

        (await world.Get<RollBack>().ToAsync(RolloutWorld.Agent, "v1", "person:ada", "customers complain")).Holds.ShouldBeTrue();
        var state = await world.Harness.RunToEndAsync(id);

        var output = state.OutputAs<RolloutOutput>()!;
        output.Outcome.ShouldBe(RolloutOutcome.Cancelled);
        output.Reason.ShouldContain("taken out of the routing by a person");
    }

    [Fact]
    public async Task Rollout_ChampionChangedSinceTheEvaluation_FailsAndLeavesItServing()
    {
        await using var world = await RolloutWorld.CreateAsync();
        await world.Get<RoutingStore>().ChangeAsync(RolloutWorld.Agent, t => RoutingChanges.RollBackTo(t, "v3"), null);
        var id = Rollout.InstanceId(RolloutWorld.Run, 1);

        await world.Harness.Client.StartAsync(Rollout.Ref, id, RolloutWorld.Input());
        var state = await world.Harness.RunToEndAsync(id);

        state.Failure!.Message.ShouldContain("it was judged against v1, but v3 serves now");
        (await world.RoutingAsync())!.Champion.ShouldBe("v3");
    }

    [Fact]
    public async Task Rollout_ProcessDiesAtAnyCommit_PromotesOnceAndKeepsOneStory()
    {
        long commits;
        await using (var calm = await RolloutWorld.CreateAsync())
        {
            calm.Rate = version => version == "v2" ? 0.95 : 0.5;
            await calm.RolloutAsync();
            commits = calm.Harness.Commits;
        }
        commits.ShouldBeGreaterThan(5);
        for (var commit = 1L; commit <= commits; commit++)
        {
            foreach (var phase in new[] { CommitPhase.Before, CommitPhase.After })
            {
                await using var world = await RolloutWorld.CreateAsync();
                world.Rate = version => version == "v2" ? 0.95 : 0.5;
                world.Harness.CrashAt(commit, phase);
                RolloutOutput? output = null;
                while (output is null)
                {
                    try
                    {
                        output = await world.RolloutAsync();
                    }
                    catch (SimulatedCrashException)
                    {
                        await world.Harness.ReopenAsync();
                    }
                }
                var where = $"{phase} commit {commit}";
                output.Outcome.ShouldBe(RolloutOutcome.Promoted, where);
                var table = await world.RoutingAsync();
                (table!.Champion, table.Experiment, table.Revision).ShouldBe(("v2", null, 3), where);
                (await world.AuditAsync()).Select(e => e.Kind).ShouldBe(["trafficSplit", "promoted"], where);
            }
        }
    }

    [Fact]
    public async Task PromoteChallenger_RepeatedAfterAPersonRolledBack_ChangesNothing()
    {
        await using var world = await RolloutWorld.CreateAsync();
        world.Rate = version => version == "v2" ? 0.95 : 0.5;
        var output = await world.RolloutAsync();
        output.Outcome.ShouldBe(RolloutOutcome.Promoted);
        await world.Get<RollBack>().ToAsync(RolloutWorld.Agent, null, "person:ada", "second thoughts");

        var promote = new PromoteChallenger(world.Get<RoutingStore>(), world.Get<SelfImprove.Deployment.Experiments.ExperimentFile>(), world.Get<AuditLog>(), world.Get<RunGuard>());
        var begin = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<BeginExperiment>(world.Harness.Services);
        var context = new SelfImprove.Orchestration.ActivityContext("late", "late", "0");
        await promote.RunAsync(context, new PromoteInput(RolloutWorld.Input(), Reading()), default);
        await begin.RunAsync(context, RolloutWorld.Input(), default);

        var table = await world.RoutingAsync();
        (table!.Champion, table.Experiment).ShouldBe(("v1", null));
    }

    private static SelfImprove.Deployment.Experiments.ExperimentReading Reading() =>
        new(SelfImprove.Deployment.Experiments.ExperimentDecision.Promote, "proof", 1, 1, 1, 0, 1, 1, 0.5, 1);
}
