using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Deployment.Targets;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Azure.Tests.Deployment;

/// <summary>Deployments of an Azure OpenAI account over the fake: fine-tuned versions, and teachers that a run deploys.</summary>
public sealed class OpenAiDeploymentTests
{
    private static readonly TeacherDeployment Deploy = new() { Profile = "teachers", Model = "gpt-4.1", Version = "2025-04-14", Capacity = 50, ReadyWithin = TimeSpan.FromMinutes(10) };
    private static readonly string Teacher = TeacherEndpoint.Of(Deploy).Name;

    private static Task<AzureDeploymentWorld> WorldAsync(TeacherDeployment? deploy = null) => AzureDeploymentWorld.CreateAsync(
        "azure-openai", "openai-fine-tuned:gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678", new TeacherSettings { Name = "big", Deploy = deploy ?? Deploy });

    private static async Task<string?> ReadyAsync(AzureDeploymentWorld world, string holder = "helpdesk-0001/data/1/labels")
    {
        await world.Harness.Client.StartAsync(ReadyTeachers.Ref, $"{holder}/teachers", new ReadyTeachersInput(AzureDeploymentWorld.RunRef, holder, [Teacher]));
        var state = await world.Harness.RunToEndAsync($"{holder}/teachers");
        return (state.OutputAs<ReadyTeachersOutput>() ?? throw new InvalidOperationException(state.Failure?.Message)).Missing;
    }

    private static async Task<bool> RemoveAsync(AzureDeploymentWorld world, int removal)
    {
        var due = new DueRemoval(Teacher, removal);
        await world.Harness.Client.StartAsync(RemoveTeacherEndpoint.Ref, RemoveTeacherEndpoint.InstanceId(due), due);
        return (await world.Harness.RunToEndAsync(RemoveTeacherEndpoint.InstanceId(due))).OutputAs<bool>();
    }

    [Fact]
    public async Task Deploy_FineTunedModel_ServesIsMarkedAndGoes()
    {
        await using var world = await WorldAsync();
        (await world.DeployAsync()).ShouldBe(new DeployOutput("openai:azure/helpdesk-v2", null));
        var found = world.OpenAi.Find("helpdesk-v2")!;
        found["properties"]!["model"]!.ToJsonString().ShouldBe("""{"format":"OpenAI","name":"gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678","version":"1"}""");
        found["sku"]!.ToJsonString().ShouldBe("""{"name":"Standard","capacity":5}""");

        (await world.ShiftAsync(new TrafficWish(true))).ShouldBeNull();
        world.OpenAi.Find("helpdesk-v2")!["tags"]!["selfimprove-role"]!.GetValue<string>().ShouldBe("champion");
        (await world.ShiftAsync(new TrafficWish(false, 10), by: "2")).ShouldBeNull("the service mirrors nothing");

        (await world.RetireAsync()).ShouldBe(Retirement.Removed);
        world.OpenAi.Find("helpdesk-v2").ShouldBeNull();
        world.OpenAi.Made.ShouldBe(["helpdesk-v2"]);
    }

    [Fact]
    public async Task Deploy_ModelOfTheAccountsEndpoint_AnswersUnderItsOwnName()
    {
        const string Model = "gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678";
        await using var world = await AzureDeploymentWorld.CreateAsync("azure-openai", $"openai:azure/{Model}");
        (await world.DeployAsync()).ShouldBe(new DeployOutput($"openai:azure/{Model}", null));
        world.OpenAi.Find(Model)!["properties"]!["model"]!["name"]!.GetValue<string>().ShouldBe(Model);
        (await world.RetireAsync()).ShouldBe(Retirement.Removed);
        world.OpenAi.Find(Model).ShouldBeNull();

        await using var other = await AzureDeploymentWorld.CreateAsync("azure-openai", $"openai:elsewhere/{Model}");
        (await other.DeployAsync()).Failure!.ShouldContain("expected openai:azure/NAME");
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Canceled")]
    public async Task Deploy_EndsBadly_SaysSo(string word)
    {
        await using var world = await WorldAsync();
        world.OpenAi.Ends = word;
        (await world.DeployAsync()).Failure!.ShouldContain($"{word}");
    }

    [Fact]
    public async Task Deploy_AnotherChangeOfTheAccountUnderWay_WaitsForItsTurn()
    {
        await using var world = await WorldAsync();
        world.Arm.Fail(new FakeArmFault { Method = "PUT", Answer = FakeArmAnswer.Error(409, "RequestConflict", "Another operation is being performed on the parent resource.") }, 2);
        (await world.DeployAsync()).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Deploy_AnswerLost_IsMadeOnce()
    {
        await using var world = await WorldAsync();
        world.Arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT" });
        (await world.DeployAsync()).Failure.ShouldBeNull();
        world.Arm.Count("PUT", "/deployments/").ShouldBe(1);
    }

    [Fact]
    public async Task Teacher_TwoRuns_ShareOneAndTheLastRemovesIt()
    {
        await using var world = await WorldAsync();
        (await ReadyAsync(world)).ShouldBeNull();
        (await ReadyAsync(world, "helpdesk-0001/evaluation/1/label-1")).ShouldBeNull();
        world.OpenAi.Made.ShouldBe([Teacher]);
        world.OpenAi.Find(Teacher)!["sku"]!.ToJsonString().ShouldBe("""{"name":"GlobalStandard","capacity":50}""");
        var leases = world.Get<EndpointLeases>();
        (await leases.ReadAsync(Teacher))!.Serving.ShouldBe($"openai:azure/{Teacher}");

        (await leases.ReleaseAsync(Teacher, "helpdesk-0001/data/1/labels")).ShouldBeNull();
        (await RemoveAsync(world, 1)).ShouldBeFalse();
        world.OpenAi.Find(Teacher).ShouldNotBeNull();
        (await leases.ReleaseAsync(Teacher, "helpdesk-0001/evaluation/1/label-1")).ShouldBe(1);
        (await world.Get<TeacherEndpointJanitor>().TidyAsync()).ShouldBe(0, "who let go sees to it at once");
        world.Harness.Clock.Advance(TimeSpan.FromMinutes(11));
        (await world.Get<TeacherEndpointJanitor>().TidyAsync()).ShouldBe(1, "but did not");
        await world.Harness.RunUntilIdleAsync();
        for (var i = 0; i < 6; i++) await world.Harness.AdvanceAsync(TimeSpan.FromSeconds(30));
        world.OpenAi.Find(Teacher).ShouldBeNull();
        (await leases.ReadAsync(Teacher))!.State.ShouldBe(LeaseState.Gone);
    }

    [Fact]
    public async Task Teacher_NoQuota_SaysWhatIsMissing()
    {
        await using var world = await WorldAsync();
        world.OpenAi.Quota = 49;
        var missing = (await ReadyAsync(world)).ShouldNotBeNull();
        missing.ShouldContain($"The teacher's endpoint {Teacher} can't be had: Azure answered 400 to PUT");
        missing.ShouldContain("InsufficientQuota: This operation requires 50 new capacity");
        world.OpenAi.Made.ShouldBeEmpty();
    }

    [Fact]
    public async Task Teacher_NeverHealthy_IsGivenUpAndRemoved()
    {
        await using var world = await WorldAsync();
        world.OpenAi.Takes = TimeSpan.FromDays(1);
        (await ReadyAsync(world))!.ShouldBe($"The teacher's endpoint {Teacher} did not answer within 00:10:00 (last: Creating).");
        world.OpenAi.Takes = TimeSpan.FromSeconds(30);
        var removal = (await world.Get<EndpointLeases>().ReleaseAsync(Teacher, "helpdesk-0001/data/1/labels"))!.Value;
        (await RemoveAsync(world, removal)).ShouldBeTrue();
        world.OpenAi.Find(Teacher).ShouldBeNull();
    }

    [Fact]
    public async Task Teacher_WantedWhileItIsRemoved_WaitsAndIsMadeAnew()
    {
        await using var world = await WorldAsync();
        await ReadyAsync(world);
        var removal = (await world.Get<EndpointLeases>().ReleaseAsync(Teacher, "helpdesk-0001/data/1/labels"))!.Value;
        var due = new DueRemoval(Teacher, removal);
        await world.Harness.Client.StartAsync(RemoveTeacherEndpoint.Ref, RemoveTeacherEndpoint.InstanceId(due), due);
        await world.Harness.RunUntilIdleAsync();
        (await ReadyAsync(world, "helpdesk-0001/evaluation/1/label-1")).ShouldBeNull();
        world.OpenAi.Made.ShouldBe([Teacher, Teacher]);
        world.OpenAi.Find(Teacher).ShouldNotBeNull();
    }

    [Fact]
    public async Task Teacher_MadeByHand_IsUsedAndNeverDeleted()
    {
        await using var world = await WorldAsync();
        world.OpenAi.Put(Teacher);
        (await ReadyAsync(world)).ShouldBeNull();
        var removal = (await world.Get<EndpointLeases>().ReleaseAsync(Teacher, "helpdesk-0001/data/1/labels"))!.Value;
        (await RemoveAsync(world, removal)).ShouldBeTrue();
        world.OpenAi.Find(Teacher).ShouldNotBeNull();
        (world.Arm.Count("PUT", ""), world.Arm.Count("DELETE", "")).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Teacher_BeyondTheProfile_IsRefusedWithoutACall()
    {
        await using var world = await WorldAsync();
        var host = world.Get<ITeacherHost>();
        foreach (var (deploy, why) in new[]
        {
            (Deploy with { Model = "o3" }, "Profile teachers does not let o3 be deployed as a teacher, only gpt-4.1."),
            (Deploy with { Sku = "ProvisionedManaged" }, "Profile teachers does not let teachers have the sku ProvisionedManaged, only Standard, GlobalStandard, DataZoneStandard."),
            (Deploy with { Capacity = 101 }, "Profile teachers lets a teacher have a capacity of 100 at most; 101 was asked for."),
        })
            (await host.AdvanceAsync(TeacherEndpoint.Of(deploy), null)).Reason.ShouldBe(why);
        world.Arm.Calls.ShouldBeEmpty();
    }
}
