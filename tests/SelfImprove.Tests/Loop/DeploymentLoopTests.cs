using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;
using SelfImprove.Tests.Deployment.Targets;

namespace SelfImprove.Tests.Loop;

/// <summary>Whole runs whose candidates are deployed before they answer: on every ending, what nobody uses is removed.</summary>
public sealed class DeploymentLoopTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Agent = ImprovementWorld.Agent, Run = DriftedWorld.Run;

    private readonly ScriptedTarget _target = new();

    private Task<ImprovementWorld> ForkAsync(Func<AgentManifest, AgentManifest>? change = null, string name = "deploys") => origin.ForkAsync(
        m => (change ?? (n => n))(m with
        {
            Student = m.Student with { Trainer = ScriptedTrainer.TrainerName },
            Deployment = m.Deployment with { Target = ScriptedTarget.TargetKind, ReadyWithin = TimeSpan.FromMinutes(30), KeepFor = TimeSpan.FromDays(3) },
        }),
        services =>
        {
            ScriptedTrainer.AddTo(services);
            _target.AddTo(services);
        },
        name);

    [Fact]
    public async Task Run_Promoted_CandidateIsDeployedBeforeItIsJudgedAndStays()
    {
        await using var world = await ForkAsync();

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        _target.Made.ShouldBe(["v2"]);
        var kinds = (await world.AuditAsync()).Select(e => e.Kind).ToList();
        kinds.IndexOf("deployed").ShouldBeLessThan(kinds.IndexOf("trafficSplit"));
        _target.Traffic.ShouldBe([("v2", new TrafficWish(true))]);
        (await world.TroubleAfterAsync()).ShouldBeNull();
        await world.PassAsync(TimeSpan.FromDays(4));
        _target.There.Keys.ShouldBe(["v2"]);

        // The next run's candidate replaces it; its own deployment is kept for three days more.
        await world.RequestAsync("r2");
        world.Get<ScriptedTrainer>().Script = (_, _) => null;
        var second = await world.EndAsync("desk-0002");
        if (second.Ending != ImprovementEnding.Promoted) return;
        _target.There.Keys.Order().ShouldBe(["v2", "v3"]);
        await world.PassAsync(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(5));
        await world.PassAsync(TimeSpan.FromMinutes(5));
        _target.There.Keys.ShouldBe(["v3"]);
    }

    [Fact]
    public async Task Run_CannotBeDeployed_FailsAndTheChampionServes()
    {
        await using var world = await ForkAsync();
        _target.Script = (_, _) => EndpointStatus.Failed("QuotaExceeded: 24 cores wanted, 0 left. Ask for more.", isQuota: true);

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Failed);
        outcome.Reason.ShouldBe("v2 could not be deployed: QuotaExceeded: 24 cores wanted, 0 left. Ask for more. The champion keeps serving.");
        (outcome.Rounds, outcome.Champion).ShouldBe((1, "v1"));
        (await world.TroubleAfterAsync()).ShouldBeNull();
        await world.PassAsync(TimeSpan.FromMinutes(1));
        _target.There.ShouldBeEmpty("what there was of it is removed");
    }

    [Fact]
    public async Task Run_HostLacksTheTarget_IsRefusedBeforeAnythingIsSpent()
    {
        await using var world = await ForkAsync(m => m with { Deployment = m.Deployment with { Target = "azureml-endpoint" } });
        var outcome = await world.EndAsync(requests: 0);
        (outcome.Ending, outcome.Reason).ShouldBe((ImprovementEnding.Refused, "deployment.target is 'azureml-endpoint', but this host has only: router, scripted."));
        (await world.SpendAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_CancelledWhileDeploying_RemovesIt()
    {
        await using var world = await ForkAsync();
        _target.Script = (_, _) => EndpointStatus.Working("Creating");
        for (var look = 0; look < 20 && _target.Made.IsEmpty; look++) await world.PassAsync(TimeSpan.FromSeconds(10), answerInbox: true);
        _target.Made.ShouldBe(["v2"]);

        (await world.Get<RunService>().CancelAsync(Run, "person:ada", "stop")).ShouldBeTrue();
        await world.Engine.RunUntilIdleAsync();

        (await world.OutcomeAsync(Run))!.Ending.ShouldBe(ImprovementEnding.Cancelled);
        (await world.TroubleAfterAsync()).ShouldBeNull();
        await world.PassAsync(TimeSpan.FromMinutes(1));
        _target.There.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_CandidateIsWorse_RemovesIt()
    {
        await using var world = await ForkAsync(m => m with
        {
            Teachers = [m.Teachers[0] with { Model = $"builtin:{SmallManifest.LiarPath}" }, m.Teachers[1]], Planning = m.Planning with { MaxRounds = 1 },
        });
        var outcome = await world.EndAsync();
        outcome.Ending.ShouldBe(ImprovementEnding.NotGoodEnough, outcome.Reason);
        await world.PassAsync(TimeSpan.FromMinutes(1));
        (_target.Made.Count, _target.There.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Run_Terminated_TheJanitorRemovesItsDeployment()
    {
        await using var world = await ForkAsync();
        _target.Script = (_, _) => EndpointStatus.Working("Creating");
        for (var look = 0; look < 20 && _target.Made.IsEmpty; look++) await world.PassAsync(TimeSpan.FromSeconds(10), answerInbox: true);
        await world.Get<IOrchestrationClient>().TerminateAsync(Run, "by hand");
        await world.Engine.RunUntilIdleAsync();

        (await world.Get<DeploymentJanitor>().TidyAsync()).ShouldBe(1);
        await world.Engine.RunUntilIdleAsync();
        await world.PassAsync(TimeSpan.FromMinutes(1));
        _target.There.ShouldBeEmpty();
        (await world.RoutingAsync()).Champion.ShouldBe("v1");
    }
}
