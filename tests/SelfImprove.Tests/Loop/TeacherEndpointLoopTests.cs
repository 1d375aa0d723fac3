using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;
using SelfImprove.Tests.DataGeneration.TeacherEndpoints;

namespace SelfImprove.Tests.Loop;

/// <summary>Whole runs whose teacher is deployed for them: made when it is needed, removed on every ending.</summary>
public sealed class TeacherEndpointLoopTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Run = DriftedWorld.Run;

    private static readonly TeacherDeployment Deploy = new() { Profile = "teachers", Model = "gpt-4.1", Version = "2025-04-14", ReadyWithin = TimeSpan.FromMinutes(10), Price = 1 };
    private static readonly string Name = TeacherEndpoint.Of(Deploy).Name;

    private readonly ScriptedTeacherHost _host = new();

    private Task<ImprovementWorld> ForkAsync(TeacherSettings[]? more = null, string name = "teachers") => origin.ForkAsync(
        m => m with { Teachers = [m.Teachers[0] with { Model = null, Deploy = Deploy }, m.Teachers[1], .. more ?? []] }, _host.AddTo, name);

    private static async Task PassUntilAsync(ImprovementWorld world, Func<bool> until)
    {
        for (var look = 0; look < 60 && !until(); look++) await world.PassAsync(TimeSpan.FromSeconds(10), answerInbox: true);
        until().ShouldBeTrue();
    }

    private async Task IsGoneAsync(ImprovementWorld world)
    {
        await world.PassAsync(TimeSpan.FromMinutes(1));
        _host.There.ShouldBeEmpty();
        var lease = (await world.Get<EndpointLeases>().ReadAsync(Name))!;
        (lease.State, lease.Holders.Count).ShouldBe((LeaseState.Gone, 0));
    }

    [Fact]
    public async Task Run_TeacherIsNotDeployed_DeploysItUsesItAndRemovesIt()
    {
        await using var world = await ForkAsync();

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        (await world.ReadAsync<PlanChoice>("plan-1.json"))!.Chosen!.Plan.Teacher.ShouldBe("strong");
        _host.Made.ShouldNotBeEmpty();
        _host.Made.ShouldAllBe(m => m == Name);
        (await world.SpendAsync()).Count(e => e.What == "deployment of teacher gpt-4.1").ShouldBe(1, "it is paid for once a run");
        (await world.TroubleAfterAsync()).ShouldBeNull();
        await IsGoneAsync(world);
        _host.Removed.Count.ShouldBe(_host.Made.Count);
    }

    [Fact]
    public async Task Run_NoQuotaForTheTeacher_PlansWithAnother()
    {
        var other = new TeacherSettings { Name = "other", Model = $"builtin:{SmallManifest.TeacherPath}", Price = 0.01m, Accuracy = 0.97 };
        await using var world = await ForkAsync([other]);
        _host.Script = (_, _) => EndpointStatus.Failed("InsufficientQuota: 10 wanted, 0 left.", isQuota: true);

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        outcome.Rounds.ShouldBe(2, outcome.Reason);
        (await world.ReadAsync<PlanChoice>("plan-1.json"))!.Chosen!.Plan.Teacher.ShouldBe("strong");
        var second = (await world.ReadAsync<PlanChoice>("plan-2.json"))!;
        second.Chosen!.Plan.Teacher.ShouldBe("other");
        second.Candidates.Where(c => c.Plan.Teacher == "strong").ShouldAllBe(c => c.Obstacle!.Contains("InsufficientQuota: 10 wanted, 0 left."));
        _host.Made.ShouldBeEmpty();
        (await world.TroubleAfterAsync()).ShouldBeNull();
        await IsGoneAsync(world);
    }

    [Fact]
    public async Task Run_TeacherNeverComesUp_GoesOnWithoutItAndRemovesIt()
    {
        await using var world = await ForkAsync();
        _host.Script = (_, _) => EndpointStatus.Working("Creating");

        var outcome = await world.EndAsync();

        outcome.Rounds.ShouldBe(2, outcome.Reason);
        var second = (await world.ReadAsync<PlanChoice>("plan-2.json"))!;
        second.Chosen!.Plan.Teacher.ShouldBe("people");
        second.Candidates.Where(c => c.Plan.Teacher == "strong").ShouldAllBe(c => c.Obstacle!.Contains("did not answer within 00:10:00 (last: "));
        (await world.TroubleAfterAsync()).ShouldBeNull();
        await IsGoneAsync(world);
    }

    [Fact]
    public async Task Run_CancelledWhileTheTeacherComesUp_RemovesIt()
    {
        await using var world = await ForkAsync();
        _host.Script = (_, _) => EndpointStatus.Working("Creating");
        await PassUntilAsync(world, () => !_host.Made.IsEmpty);
        (await world.Get<RunService>().CancelAsync(Run, "person:ada", "stop")).ShouldBeTrue();
        await world.Engine.RunUntilIdleAsync();
        (await world.OutcomeAsync(Run))!.Ending.ShouldBe(ImprovementEnding.Cancelled);
        (await world.TroubleAfterAsync()).ShouldBeNull();
        await IsGoneAsync(world);
    }

    [Fact]
    public async Task Run_Terminated_TheJanitorLetsGoAndRemoves()
    {
        await using var world = await ForkAsync();
        _host.Script = (_, _) => EndpointStatus.Working("Creating");
        await PassUntilAsync(world, () => !_host.Made.IsEmpty);
        var janitor = world.Get<TeacherEndpointJanitor>();
        (await janitor.TidyAsync()).ShouldBe(0);

        await world.Get<IOrchestrationClient>().TerminateAsync(Run, "by hand");
        await world.Engine.RunUntilIdleAsync();
        _host.There.ShouldContainKey(Name, "termination runs no code");
        (await janitor.TidyAsync()).ShouldBe(1);
        await world.Engine.RunUntilIdleAsync();
        await IsGoneAsync(world);
        (await janitor.TidyAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Run_AnotherHoldsTheTeacher_LeavesItToThem()
    {
        await using var world = await ForkAsync();
        await world.Get<EndpointLeases>().HoldAsync(TeacherEndpoint.Of(Deploy), "travel-0004/data/1/labels");
        (await world.EndAsync()).Ending.ShouldBe(ImprovementEnding.Promoted);
        await world.PassAsync(TimeSpan.FromMinutes(1));
        _host.There.Keys.ShouldBe([Name]);
        _host.Made.Count.ShouldBe(1, "it was there all the time");
        (await world.Get<TeacherEndpointJanitor>().TidyAsync()).ShouldBe(0, "the other is not known to this engine, and may be at work");
        world.Clock.Advance(TimeSpan.FromDays(2));
        (await world.Get<TeacherEndpointJanitor>().TidyAsync()).ShouldBe(1);
        await world.Engine.RunUntilIdleAsync();
        await IsGoneAsync(world);
    }

    [Fact]
    public async Task Run_NoSuchProfileOnTheHost_SaysSo()
    {
        await using var world = await origin.ForkAsync(m => m with
        {
            Teachers = [m.Teachers[0] with { Model = null, Deploy = Deploy with { Profile = "none" } }, m.Teachers[1]], Planning = m.Planning with { MaxRounds = 1 },
        }, _host.AddTo);
        var outcome = await world.EndAsync(requests: 0);
        outcome.Reason.ShouldContain("This host approves no profile 'none' for deploying teachers.");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }
}
