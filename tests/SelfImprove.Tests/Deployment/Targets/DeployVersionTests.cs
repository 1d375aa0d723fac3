using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Targets;
using SelfImprove.Durable;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Deployment.Targets;

/// <summary>A version is brought up, watched and taken away, on the embedded engine in virtual time.</summary>
public sealed class DeployVersionTests : IAsyncLifetime
{
    private const string Agent = RolloutWorld.Agent, Id = $"{RolloutWorld.Run}/deploy/1";

    private readonly ScriptedTarget _target = new();
    private RolloutWorld _world = null!;

    public async Task InitializeAsync() => _world = await WorldAsync(_target);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    private static Task<RolloutWorld> WorldAsync(ScriptedTarget target) => RolloutWorld.CreateAsync(
        manifest: m => m with
        {
            Student = m.Student with { Trainer = "scripted" },
            Deployment = m.Deployment with { Target = ScriptedTarget.TargetKind, Profile = "gpu", ReadyWithin = TimeSpan.FromMinutes(20), Price = 7 },
        },
        configure: target.AddTo);

    private DeploymentBook Book => _world.Get<DeploymentBook>();

    private async Task<DeployOutput> DeployAsync(string id = Id, RunRef? run = null)
    {
        await _world.Harness.Client.StartAsync(DeployVersion.Ref, id, new DeployInput(Agent, "v2", run ?? RolloutWorld.RunRef));
        var state = await _world.Harness.RunToEndAsync(id);
        state.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        return state.OutputAs<DeployOutput>()!;
    }

    private async Task<Retirement> RetireAsync(TimeSpan after = default, string by = "test")
    {
        var id = RetireVersion.InstanceId(Agent, "v2", by);
        await _world.Harness.Client.StartAsync(RetireVersion.Ref, id, new RetireInput(Agent, "v2", _world.Harness.Now + after, "test"));
        return (await _world.Harness.RunToEndAsync(id)).OutputAs<Retirement>();
    }

    [Fact]
    public async Task Deploy_ComesUp_ServesWhereTheTargetSays()
    {
        (await DeployAsync()).ShouldBe(new DeployOutput("test:two", null));

        (await Book.ReadAsync(Agent, "v2"))!.State.ShouldBe(DeployedState.Healthy);
        (await Book.ServingAsync("test:two"))!.Places.ShouldBe([new ServedPlace(Agent, "v2", "test:two")]);
        _target.Looks.Select(l => l.Operation).ShouldBe([null, "op-1", "op-2"], "what the last look named comes back with the next");
        (await _world.AuditAsync()).Select(e => e.Kind).ShouldBe(["deploymentOrdered", "deployed"]);
        (await _world.Spend.OfRunAsync(RolloutWorld.RunRef)).ShouldBe(7);
    }

    [Fact]
    public async Task Deploy_ForASecondTime_FindsItAndPaysNothing()
    {
        await DeployAsync();
        (await DeployAsync($"{Id}-again")).Failure.ShouldBeNull();
        _target.Made.ShouldBe(["v2"]);
        (await _world.Spend.OfRunAsync(RolloutWorld.RunRef)).ShouldBe(7);
    }

    [Fact]
    public async Task Deploy_NoAnswerForAWhile_GoesOnUntilItIsThere()
    {
        _target.Script = (_, look) => look switch
        {
            1 => throw new TransientException("no answer"),
            2 => throw new HttpRequestException("connection cut"),
            _ => null,
        };
        (await DeployAsync()).Failure.ShouldBeNull();
        _target.Made.Count.ShouldBe(1, "a call that took effect without an answer is not repeated blindly");
    }

    [Fact]
    public async Task Deploy_EndsFailed_SaysWhyAndWhatIsLeftIsRemoved()
    {
        _target.Script = (_, look) => look == 1 ? EndpointStatus.Working("Creating") : EndpointStatus.Failed("QuotaExceeded: 0 of 24 cores left.", isQuota: true);
        var output = await DeployAsync();
        output.Failure.ShouldBe("QuotaExceeded: 0 of 24 cores left.");
        (await Book.ReadAsync(Agent, "v2"))!.ShouldSatisfyAllConditions(r => r.State.ShouldBe(DeployedState.Failed), r => r.Reason.ShouldBe(output.Failure));
        (await Book.ServingAsync("test:two")).ShouldBeNull();

        (await RetireAsync()).ShouldBe(Retirement.Removed);
        _target.There.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_NeverHealthy_GivesUpAtTheDeadline()
    {
        _target.Script = (_, _) => EndpointStatus.Working("Creating");
        var began = _world.Harness.Now;
        var output = await DeployAsync();
        output.Failure!.ShouldStartWith("v2 did not answer within 00:20:00 (last: Creating).");
        (_world.Harness.Now - began).ShouldBe(TimeSpan.FromMinutes(20));
        _target.Looks.Count.ShouldBeLessThan(20, "looks grow rarer");
    }

    [Fact]
    public async Task Deploy_OverTheBudget_IsRefusedBeforeAnythingIsMade()
    {
        await using var world = await RolloutWorld.CreateAsync(
            manifest: m => m with
            {
                Student = m.Student with { Trainer = "scripted" }, Budget = new BudgetSettings { PerRun = 5 }, Deployment = m.Deployment with { Target = ScriptedTarget.TargetKind, Price = 7 },
            },
            configure: _target.AddTo);
        await world.Harness.Client.StartAsync(DeployVersion.Ref, Id, new DeployInput(Agent, "v2", RolloutWorld.RunRef));
        var output = (await world.Harness.RunToEndAsync(Id)).OutputAs<DeployOutput>()!;
        output.Failure!.ShouldStartWith("deployment of v2 costs 7 USD, but run helpdesk-0001 has spent 0 of its budget of 5 USD");
        _target.Made.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_RunCancelledMeanwhile_EndsAtOnceAndIsRemoved()
    {
        _target.Script = (_, _) => EndpointStatus.Working("Creating");
        await _world.Harness.Client.StartAsync(DeployVersion.Ref, Id, new DeployInput(Agent, "v2", RolloutWorld.RunRef));
        await _world.Harness.RunUntilIdleAsync();
        var waitingSince = _world.Harness.Now;
        await _world.Get<FactBook>().RecordAsync(RolloutWorld.Run, RunGuard.CancelGate, 0, new Cancellation("ada", "no", _world.Harness.Now));
        await _world.Harness.Client.RaiseEventAsync(Id, RunService.CancelEvent, "no");
        await _world.Harness.RunUntilIdleAsync();
        var state = await _world.Harness.Client.GetAsync(Id);
        state!.Failure!.Type.ShouldBe(nameof(RunEndedException));
        _world.Harness.Now.ShouldBe(waitingSince);

        (await RetireAsync()).ShouldBe(Retirement.Removed);
        _target.There.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CommitPhase.Before)]
    [InlineData(CommitPhase.After)]
    public async Task DeployAndRetire_DieAroundEveryCommit_MadeOnceAndGone(CommitPhase phase)
    {
        for (var commit = 1; ; commit++)
        {
            var target = new ScriptedTarget { RemovalLooks = 2 };
            await using var world = await WorldAsync(target);
            var harness = world.Harness;
            harness.CrashAt(harness.Commits + commit, phase);
            var crashes = 0;
            var isOver = false;
            while (!isOver)
            {
                try
                {
                    await harness.Client.StartAsync(DeployVersion.Ref, Id, new DeployInput(Agent, "v2", RolloutWorld.RunRef));
                    (await harness.RunToEndAsync(Id)).OutputAs<DeployOutput>()!.Failure.ShouldBeNull($"{phase} commit {commit}");
                    var retire = RetireVersion.InstanceId(Agent, "v2", "test");
                    await harness.Client.StartAsync(RetireVersion.Ref, retire, new RetireInput(Agent, "v2", harness.Now, "test"));
                    (await harness.RunToEndAsync(retire)).OutputAs<Retirement>().ShouldBe(Retirement.Removed, $"{phase} commit {commit}");
                    isOver = true;
                }
                catch (SimulatedCrashException)
                {
                    crashes++;
                    await harness.ReopenAsync();
                }
            }
            string.Join(' ', target.Made).ShouldBe("v2", $"{phase} commit {commit}");
            target.There.ShouldBeEmpty();
            string.Join(' ', (await world.AuditAsync()).Select(e => e.Kind)).ShouldBe("deploymentOrdered deployed deploymentRemoved", $"{phase} commit {commit}");
            if (crashes == 0)
            {
                commit.ShouldBeGreaterThan(10);
                return;
            }
        }
    }

    [Fact]
    public async Task Retire_TrafficIsSentThere_KeepsIt()
    {
        await DeployAsync();
        await _world.Get<RoutingStore>().ChangeAsync(Agent, t => RoutingChanges.StartExperiment(t, new ExperimentRoute("e", "v2", 0.5, default)), null, default);
        (await RetireAsync()).ShouldBe(Retirement.Kept);
        _target.There.ShouldContainKey("v2");
        (await Book.ServingAsync("test:two"))!.Places.Count.ShouldBe(1);

        await _world.Get<RoutingStore>().ChangeAsync(Agent, t => RoutingChanges.Withdraw(t, "e"), null, default);
        (await RetireAsync(by: "later")).ShouldBe(Retirement.Removed);
        (await Book.ServingAsync("test:two"))!.Places.ShouldBeEmpty();
    }

    [Fact]
    public async Task Retire_InAWeek_WaitsForIt()
    {
        await DeployAsync();
        var began = _world.Harness.Now;
        (await RetireAsync(TimeSpan.FromDays(7))).ShouldBe(Retirement.Removed);
        (_world.Harness.Now - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task Retire_WantedAgainMeanwhile_KeepsIt()
    {
        await DeployAsync();
        var id = RetireVersion.InstanceId(Agent, "v2", "test");
        await _world.Harness.Client.StartAsync(RetireVersion.Ref, id, new RetireInput(Agent, "v2", _world.Harness.Now + TimeSpan.FromDays(1), "test"));
        await _world.Harness.RunUntilIdleAsync();
        await DeployAsync($"{Id}-again");
        (await _world.Harness.RunToEndAsync(id)).OutputAs<Retirement>().ShouldBe(Retirement.Kept);
    }

    [Fact]
    public async Task Deploy_WhileItIsBeingRemoved_WaitsAndMakesItAnew()
    {
        await DeployAsync();
        _target.RemovalLooks = 4;
        var retire = RetireVersion.InstanceId(Agent, "v2", "test");
        await _world.Harness.Client.StartAsync(RetireVersion.Ref, retire, new RetireInput(Agent, "v2", _world.Harness.Now, "test"));
        await _world.Harness.RunUntilIdleAsync();
        (await Book.ReadAsync(Agent, "v2"))!.State.ShouldBe(DeployedState.Retiring);

        (await DeployAsync($"{Id}-again")).Failure.ShouldBeNull();
        _target.Made.ShouldBe(["v2", "v2"]);
        (await Book.ReadAsync(Agent, "v2"))!.State.ShouldBe(DeployedState.Healthy);
        (await _world.Harness.Client.GetAsync(retire))!.OutputAs<Retirement>().ShouldBe(Retirement.Removed);
    }

    [Fact]
    public async Task RollBack_DeploymentRemoved_IsRefusedUntilItIsDeployedAgain()
    {
        await DeployAsync();
        (await RetireAsync()).ShouldBe(Retirement.Removed);
        var rollBack = _world.Get<RollBack>();
        var refused = await rollBack.ToAsync(Agent, "v2", "person:ada", "it was better");
        refused.Refusal.ShouldBe("The deployment of v2 is removed: it can't answer. Deploy v2 again first.");
        (await _world.RoutingAsync())!.Champion.ShouldBe("v1");

        var id = await _world.Get<VersionDeployer>().StartAsync(Agent, "v2");
        (await _world.Harness.RunToEndAsync(id)).OutputAs<DeployOutput>()!.Failure.ShouldBeNull();
        (await _world.Get<DeploymentJanitor>().TidyAsync()).ShouldBe(0, "it is kept for a day");
        (await rollBack.ToAsync(Agent, "v2", "person:ada", "it was better")).Holds.ShouldBeTrue();
        (await RetireAsync(by: "late")).ShouldBe(Retirement.Kept);
    }

    [Fact]
    public async Task RollBack_ToAVersionThatWasNeverDeployed_NeedsNoDeployment() =>
        (await _world.Get<RollBack>().ToAsync(Agent, "v2", "person:ada", "why not")).Holds.ShouldBeTrue();

    [Fact]
    public async Task Janitor_RunWasTerminated_RemovesWhatItDeployed()
    {
        var client = _world.Harness.Client;
        // The deployment stands for the whole run here: while it is under way the janitor keeps away.
        await client.StartAsync(DeployVersion.Ref, RolloutWorld.Run, new DeployInput(Agent, "v2", RolloutWorld.RunRef));
        _target.Script = (_, _) => EndpointStatus.Working("Creating");
        await _world.Harness.RunUntilIdleAsync();
        var janitor = _world.Get<DeploymentJanitor>();
        (await janitor.TidyAsync()).ShouldBe(0);

        await client.TerminateAsync(RolloutWorld.Run, "by hand");
        await _world.Harness.RunUntilIdleAsync();
        (await janitor.TidyAsync()).ShouldBe(1);
        (await janitor.TidyAsync()).ShouldBe(0, "its removal is under way");
        await _world.Harness.RunUntilIdleAsync();
        await _world.Harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        _target.There.ShouldBeEmpty();
        (await janitor.TidyAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Janitor_RolledBackByAPerson_RemovesTheOtherAfterItsTime()
    {
        await DeployAsync();
        await _world.Get<RollBack>().ToAsync(Agent, "v2", "person:ada", "try");
        await _world.Get<RollBack>().ToAsync(Agent, "v1", "person:ada", "no");
        _world.Harness.Clock.Advance(TimeSpan.FromDays(2));
        (await _world.Get<DeploymentJanitor>().TidyAsync()).ShouldBe(1);
        await _world.Harness.AdvanceAsync(TimeSpan.FromDays(6));
        _target.There.ShouldContainKey("v2", "a former champion is kept for a roll-back");
        await _world.Harness.AdvanceAsync(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
        await _world.Harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        _target.There.ShouldBeEmpty();
    }
}
