using System.Text.Json.Nodes;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Deployment.Targets;
using SelfImprove.Durable;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;

namespace SelfImprove.Azure.Tests.Deployment;

/// <summary>Managed online endpoints over the fake Azure: what is made is made once, whatever breaks, and nothing is left behind.</summary>
public sealed class OnlineEndpointTests : IAsyncLifetime
{
    private const string Endpoint = "si-helpdesk", Deployment = "helpdesk-v2";

    private AzureDeploymentWorld _world = null!;

    public async Task InitializeAsync() => _world = await AzureDeploymentWorld.CreateAsync("azureml-endpoint");

    public async Task DisposeAsync() => await _world.DisposeAsync();

    private FakeOnlineEndpoints Online => _world.Online;

    [Fact]
    public async Task Deploy_FromNothing_MakesEndpointAndDeploymentAndServes()
    {
        (await _world.DeployAsync()).ShouldBe(new DeployOutput($"openai:ml-helpdesk/{Deployment}", null));

        Online.TrafficOf(Endpoint).ShouldBe(" | ", "an endpoint is made without traffic");
        var body = Online.Find(Endpoint, Deployment)!;
        body["properties"]!["model"]!.GetValue<string>().ShouldBe($"{FakeWorkspace.Id}/models/helpdesk/versions/2");
        body["properties"]!["environmentId"]!.GetValue<string>().ShouldBe($"{FakeWorkspace.Id}/environments/vllm/versions/3");
        body["properties"]!["requestSettings"]!["requestTimeout"]!.GetValue<string>().ShouldBe("PT3M", "Azure's own 5 s are too few for a language model");
        body["properties"]!["environmentVariables"]!.ToJsonString().ShouldBe("""{"SERVED_MODEL_NAME":"helpdesk-v2","VLLM_ARGS":"--max-model-len 8192"}""");
        body["tags"]!["selfimprove-version"]!.GetValue<string>().ShouldBe("v2");
        (await _world.Get<DeploymentBook>().ServingAsync("azureml:helpdesk/2"))!.Places.Single().Serving.ShouldBe($"openai:ml-helpdesk/{Deployment}");
    }

    [Fact]
    public async Task Deploy_OperationEndsFailed_TellsAzuresWords()
    {
        Online.DeploymentError = new JsonObject { ["code"] = "OutOfQuota", ["message"] = "Not enough quota available for Standard_NC24ads_A100_v4 in SubscriptionId." };
        var output = await _world.DeployAsync();
        output.Failure!.ShouldStartWith("Failed: OutOfQuota: Not enough quota available for Standard_NC24ads_A100_v4 in SubscriptionId. Ask for more quota in the Azure portal");

        (await _world.RetireAsync()).ShouldBe(Retirement.Removed);
        Online.Find(Endpoint, Deployment).ShouldBeNull("a failed deployment is paid for too");
    }

    [Fact]
    public async Task Deploy_NoQuotaAtOnce_TellsAzuresWords()
    {
        _world.Arm.Fail(FakeArmFault.Quota with { Method = "PUT", Path = "/deployments/" });
        (await _world.DeployAsync()).Failure!.ShouldContain("QuotaExceeded: Insufficient quota for Standard_NC24ads_A100_v4 family vCPUs: 24 requested, 0 available.");
        Online.Made.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_RegionHasNoMachine_WaitsForOne()
    {
        _world.Arm.Fail(FakeArmFault.Capacity with { Method = "PUT", Path = "/deployments/" }, 3);
        (await _world.DeployAsync()).Failure.ShouldBeNull();
        Online.Made.ShouldBe([Deployment]);
    }

    [Fact]
    public async Task Deploy_NeverHealthy_GivesUpAtTheDeadline()
    {
        _world.Arm.Operations.Duration = TimeSpan.FromHours(9);
        var began = _world.Harness.Now;
        (await _world.DeployAsync()).Failure!.ShouldStartWith("v2 did not answer within 00:30:00 (last: Updating).");
        (_world.Harness.Now - began).ShouldBe(TimeSpan.FromMinutes(30));
    }

    [Theory]
    [InlineData("/onlineEndpoints/si-helpdesk")]
    [InlineData("/deployments/")]
    public async Task Deploy_PutTakesEffectButItsAnswerIsLost_IsMadeOnce(string path)
    {
        _world.Arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT", Path = path });
        (await _world.DeployAsync()).Failure.ShouldBeNull();
        Online.Made.ShouldBe([Deployment]);
        _world.Arm.Count("PUT", "/onlineEndpoints/").ShouldBe(2);
    }

    [Fact]
    public async Task Deploy_OperationIsForgotten_AsksTheResourceItself()
    {
        _world.Arm.Operations.Duration = TimeSpan.FromSeconds(1);
        _world.Arm.Fail(new FakeArmFault { Path = "mfeOperationsStatus", Answer = FakeArmAnswer.NotFound("op") }, 50);
        (await _world.DeployAsync()).Failure.ShouldBeNull();
        Online.Made.ShouldBe([Deployment]);
    }

    [Fact]
    public async Task Deploy_TokenExpiresMeanwhile_AsksForAnother()
    {
        _world.Arm.Tokens.Lifetime = TimeSpan.FromSeconds(20);
        (await _world.DeployAsync()).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Deploy_SomebodyElsesDeploymentHasTheName_IsLeftAlone()
    {
        await _world.DeployAsync();
        ((JsonObject)Online.Find(Endpoint, Deployment)!["tags"]!).Remove("selfimprove");
        (await _world.RetireAsync()).ShouldBe(Retirement.Removed);
        Online.Find(Endpoint, Deployment).ShouldNotBeNull("only what carries the runtime's tag is deleted");
        (await _world.DeployAsync(by: "2")).Failure!.ShouldContain("that the runtime did not make; it is left alone");
        Online.Find(Endpoint, Deployment).ShouldNotBeNull();
    }

    [Fact]
    public async Task Deploy_ModelOfAnotherKind_SaysWhatIsExpected()
    {
        await using var world = await AzureDeploymentWorld.CreateAsync("azureml-endpoint", "builtin:agents/helpdesk/models/v2.model");
        (await world.DeployAsync()).Failure.ShouldBe(
            "v2 is builtin:agents/helpdesk/models/v2.model, which an online endpoint can't serve: expected azureml:NAME/VERSION, a model of workspace lab.");
        world.Arm.Count("PUT", "").ShouldBe(0);
    }

    [Fact]
    public async Task Deploy_Cancelled_IsRemovedThoughItIsBeingMade()
    {
        var id = $"{AzureDeploymentWorld.Run}/deploy/v2/1";
        await _world.Harness.Client.StartAsync(DeployVersion.Ref, id, new DeployInput(AzureDeploymentWorld.Agent, "v2", AzureDeploymentWorld.RunRef));
        while (Online.Made.IsEmpty) await _world.Harness.AdvanceAsync(TimeSpan.FromSeconds(30));
        await _world.Get<FactBook>().RecordAsync(AzureDeploymentWorld.Run, RunGuard.CancelGate, 0, new Cancellation("ada", "no", _world.Harness.Now));
        await _world.Harness.Client.RaiseEventAsync(id, RunService.CancelEvent, "no");
        (await _world.Harness.RunToEndAsync(id)).Failure!.Type.ShouldBe(nameof(RunEndedException));

        (await _world.RetireAsync()).ShouldBe(Retirement.Removed);
        Online.Find(Endpoint, Deployment).ShouldBeNull();
    }

    [Fact]
    public async Task Traffic_Promoted_GoesToTheNewOneByAFullPutAndTheOldOneStays()
    {
        await _world.DeployAsync("v1");
        (await _world.ShiftAsync(new TrafficWish(true), "v1")).ShouldBeNull();
        await _world.DeployAsync();
        (await _world.ShiftAsync(new TrafficWish(false, 80))).ShouldBeNull();
        Online.TrafficOf(Endpoint).ShouldBe("helpdesk-v1=100 | helpdesk-v2=50", "Azure mirrors half at most");

        (await _world.ShiftAsync(new TrafficWish(true), by: "2")).ShouldBeNull();
        Online.TrafficOf(Endpoint).ShouldBe("helpdesk-v2=100 | ");
        Online.Find(Endpoint, "helpdesk-v1").ShouldNotBeNull();
        var endpoint = Online.Find(Endpoint)!;
        (endpoint["properties"]!["authMode"]!.GetValue<string>(), endpoint["tags"]!["selfimprove"]!.GetValue<string>(), endpoint["identity"]!["type"]!.GetValue<string>())
            .ShouldBe(("AADToken", "managed", "SystemAssigned"), "a PUT replaces everything: nothing gets lost");

        var puts = _world.Arm.Count("PUT", "/onlineEndpoints/");
        (await _world.ShiftAsync(new TrafficWish(true), by: "3")).ShouldBeNull();
        _world.Arm.Count("PUT", "/onlineEndpoints/").ShouldBe(puts, "what is so already is not written again");
    }

    [Fact]
    public async Task Traffic_ShadowStage_IsMirroredAndTakenOffAgain()
    {
        await _world.DeployAsync("v1");
        (await _world.ShiftAsync(new TrafficWish(true), "v1")).ShouldBeNull();
        await _world.DeployAsync();
        (await _world.ShiftAsync(new TrafficWish(false, 20))).ShouldBeNull();
        Online.TrafficOf(Endpoint).ShouldBe("helpdesk-v1=100 | helpdesk-v2=20");

        (await _world.ShiftAsync(new TrafficWish(false), by: "2")).ShouldBeNull();
        Online.TrafficOf(Endpoint).ShouldBe("helpdesk-v1=100 | ", "nothing is left of it, not even a share of 0");

        var puts = _world.Arm.Count("PUT", "/onlineEndpoints/");
        (await _world.ShiftAsync(new TrafficWish(false), by: "3")).ShouldBeNull();
        _world.Arm.Count("PUT", "/onlineEndpoints/").ShouldBe(puts, "what is so already is not written again");
    }

    [Fact]
    public async Task Traffic_SomebodyChangedItMeanwhile_ReadsAgainAndKeepsTheirs()
    {
        Online.HasETags = true;
        await _world.DeployAsync();
        var raced = 0;
        Online.BeforePut = endpoint =>
        {
            if (raced++ > 0) return;
            endpoint["etag"] = "\"another\"";
            endpoint["tags"]!["owner"] = "ada";
        };
        (await _world.ShiftAsync(new TrafficWish(true))).ShouldBeNull();
        raced.ShouldBe(2);
        Online.TrafficOf(Endpoint).ShouldBe("helpdesk-v2=100 | ");
        Online.Find(Endpoint)!["tags"]!["owner"]!.GetValue<string>().ShouldBe("ada");
    }

    [Fact]
    public async Task Traffic_EndpointIsBusy_WaitsForItsTurn()
    {
        await _world.DeployAsync();
        _world.Arm.Fail(new FakeArmFault { Method = "PUT", Answer = FakeArmAnswer.Error(409, "Conflict", "Another operation on the endpoint is under way.") }, 2);
        (await _world.ShiftAsync(new TrafficWish(true))).ShouldBeNull();
        Online.TrafficOf(Endpoint).ShouldBe("helpdesk-v2=100 | ");
    }

    [Fact]
    public async Task Retire_WithTraffic_TakesThatAwayFirst()
    {
        await _world.DeployAsync("v1");
        await _world.DeployAsync();
        await _world.ShiftAsync(new TrafficWish(true));
        (await _world.RetireAsync()).ShouldBe(Retirement.Removed);
        Online.TrafficOf(Endpoint).ShouldBe(" | ");
        (Online.Find(Endpoint, Deployment), Online.Find(Endpoint, "helpdesk-v1") is null).ShouldBe((null, false));
        _world.Arm.Count("DELETE", Deployment).ShouldBe(1);
    }

    [Fact]
    public async Task Retire_GoneAlready_IsFine()
    {
        await _world.DeployAsync();
        _world.Arm.Resources.TryRemove(FakeOnlineEndpoints.IdOf(Endpoint, Deployment), out _);
        (await _world.RetireAsync()).ShouldBe(Retirement.Removed);
        _world.Arm.Count("DELETE", "").ShouldBe(0);
    }

    [Fact]
    public async Task Retire_DeleteTakesEffectButItsAnswerIsLost_IsFine()
    {
        await _world.DeployAsync();
        _world.Arm.Fail(FakeArmFault.LostAnswer with { Method = "DELETE" });
        (await _world.RetireAsync()).ShouldBe(Retirement.Removed);
        Online.Find(Endpoint, Deployment).ShouldBeNull();
    }

    [Fact]
    public async Task DeployAndRetire_ProcessDiesAroundCommits_MadeOnceAndGone()
    {
        var phase = CommitPhase.Before;
        for (var commit = 1; ; commit += 2)
        {
            phase = phase == CommitPhase.Before ? CommitPhase.After : CommitPhase.Before;
            await using var world = await AzureDeploymentWorld.CreateAsync("azureml-endpoint");
            world.Harness.CrashAt(world.Harness.Commits + commit, phase);
            var crashes = 0;
            for (var isOver = false; !isOver;)
            {
                try
                {
                    (await world.DeployAsync()).Failure.ShouldBeNull();
                    (await world.RetireAsync()).ShouldBe(Retirement.Removed);
                    isOver = true;
                }
                catch (SimulatedCrashException)
                {
                    crashes++;
                    await world.Harness.ReopenAsync();
                }
            }
            string.Join(' ', world.Online.Made).ShouldBe(Deployment, $"{phase} commit {commit}");
            world.Online.Find(Endpoint, Deployment).ShouldBeNull();
            if (crashes == 0) return;
        }
    }

    [Fact]
    public async Task Deploy_LongNames_FitAzuresRules()
    {
        var target = _world.Get<IEnumerable<IDeploymentTarget>>().Single(t => t.Kind == "azureml-endpoint");
        foreach (var agent in (string[])["9lives", new string('x', 63), new string('x', 62) + "y"])
            await target.AdvanceAsync(new DeploymentOrder(agent, "v1", "azureml:m:1", "gpu"), null);
        var made = _world.Arm.Calls.Where(c => c.StartsWith("PUT")).Select(c => c.Split('/')[^1]).ToList();
        made.Distinct().Count().ShouldBe(3);
        made.ShouldAllBe(name => name.Length >= 3 && name.Length <= 32 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
    }
}
