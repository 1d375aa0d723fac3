using System.Text.Json.Nodes;
using SelfImprove.Azure.Arm;
using SelfImprove.Orchestration;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>The client of Azure Resource Manager against the fake: nothing waits, nothing is done twice, errors can be read.</summary>
public sealed class ArmResourcesTests : IAsyncLifetime
{
    private const string Api = "2025-12-01";

    private readonly FakeWorkspace _workspace = new();
    private readonly FakeSlowThings _slow = new();
    private FakeArm _arm = null!;
    private ArmResources _client = null!;

    public async Task InitializeAsync()
    {
        _arm = await FakeArm.StartAsync(null, _workspace, _slow);
        _client = _arm.Client();
    }

    public async Task DisposeAsync() => await _arm.DisposeAsync();

    private static string Job(string name) => $"{FakeWorkspace.Id}/jobs/{name}";

    private static JsonObject Command() => new()
    {
        ["properties"] = new JsonObject { ["jobType"] = "Command", ["command"] = "python train.py", ["environmentId"] = "azureml:acpt:1",
            ["computeId"] = "gpu" },
    };

    [Fact]
    public async Task Put_NewJob_GivesItBackWithNothingToPoll()
    {
        var reply = await _client.PutAsync(Job("a"), Api, Command());
        reply.Status.ShouldBe(201);
        reply.Text("properties.status").ShouldBe("Starting");
        reply.Operation.ShouldBeNull("the Location of a 201 is the job's own address");
        (await _client.GetAsync(Job("a"), Api))!.Text("properties.status").ShouldBe("Preparing");
        _arm.Tokens.Issued.ShouldHaveSingleItem().ShouldBe("https://management.azure.com/.default");
    }

    [Fact]
    public async Task Get_Missing_IsNull()
    {
        (await _client.GetAsync(Job("none"), Api)).ShouldBeNull();
        (await _client.PostAsync(Job("none"), "cancel", Api)).ShouldBeNull();
    }

    [Fact]
    public async Task Put_InvalidRequest_TellsEveryDetail()
    {
        var body = Command();
        ((JsonObject)body["properties"]!).Remove("command");
        body["properties"]!["outputs"] = new JsonObject { ["model"] = new JsonObject { ["jobOutputType"] = "uri_folder", ["assetVersion"] = "2" } };
        var failed = await Should.ThrowAsync<ArmException>(() => _client.PutAsync(Job("a"), Api, body));
        failed.Error.Kind.ShouldBe(ArmErrorKind.Invalid);
        failed.Message.ShouldBe("Azure answered 400 to PUT Microsoft.MachineLearningServices/workspaces/lab/jobs/a: UserError: Request is invalid and/or missing fields. "
            + "(RequestInvalid: The properties.command field is required.; RequestInvalid: Could not find member 'assetVersion' on object of type 'UriFolderJobOutput'.)");
    }

    [Fact]
    public async Task Call_ApiVersionUnknown_IsRefused() =>
        (await Should.ThrowAsync<ArmException>(() =>
            _client.GetAsync(Job("a"), "2019-01-01"))).Message.ShouldContain("supported api-versions are '2025-12-01'");

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Get_PassingFailure_IsRepeatedAtOnce(int status)
    {
        await _client.PutAsync(Job("a"), Api, Command());
        _arm.Fail((status == 429 ? FakeArmFault.Throttled() : FakeArmFault.ServerError()) with { Method = "GET" }, 2);
        (await _client.GetAsync(Job("a"), Api)).ShouldNotBeNull();
        _arm.Count("GET", "/jobs/a").ShouldBe(3);
    }

    [Fact]
    public async Task Get_ConnectionCut_IsRepeatedThenTransient()
    {
        _arm.Fail(FakeArmFault.CutConnection, 3);
        (await Should.ThrowAsync<TransientException>(() =>
            _client.GetAsync(Job("a"),
            Api))).Message.ShouldStartWith("Azure did not answer GET Microsoft.MachineLearningServices/workspaces/lab/jobs/a: NoAnswer:");
    }

    [Fact]
    public async Task Put_Throttled_IsRepeatedSinceNothingHappened()
    {
        _arm.Fail(FakeArmFault.Throttled() with { Method = "PUT" });
        (await _client.PutAsync(Job("a"), Api, Command())).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Call_LongRetryAfter_IsLeftToDurableTimers()
    {
        _arm.Fail(FakeArmFault.Throttled(retryAfter: 300));
        var failed = await Should.ThrowAsync<TransientException>(() => _client.GetAsync(Job("a"), Api));
        failed.Message.ShouldContain("Azure asks to wait 300 s.");
        ((ArmException)failed.InnerException!).Error.RetryAfter.ShouldBe(TimeSpan.FromMinutes(5));
        _arm.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Put_AnswerLost_IsNotRepeatedBlindly()
    {
        _arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT" });
        await Should.ThrowAsync<TransientException>(() => _client.PutAsync(Job("a"), Api, Command()));
        _arm.Count("PUT", "/jobs/a").ShouldBe(1);
        _workspace.Made.ShouldBe(["a"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ensure_AnswerLostAfterTheEffect_FindsWhatItMade(bool cut)
    {
        _arm.Fail((cut ? FakeArmFault.LostAnswer : FakeArmFault.ServerError(takesEffect: true)) with { Method = "PUT" });
        (await _client.EnsureAsync(Job("a"), Api, Command())).Text("name").ShouldBe("a");
        await _client.EnsureAsync(Job("a"), Api, Command());
        _arm.Count("PUT", "/jobs/a").ShouldBe(1);
    }

    [Fact]
    public async Task Ensure_FailsBeforeTheEffect_IsTransient()
    {
        _arm.Fail(FakeArmFault.ServerError() with { Method = "PUT" });
        await Should.ThrowAsync<TransientException>(() => _client.EnsureAsync(Job("a"), Api, Command()));
        _workspace.Made.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_QuotaAndCapacityAndRights_AreToldApart()
    {
        _arm.Fail(FakeArmFault.Quota);
        var quota = await Should.ThrowAsync<ArmException>(() => _client.PutAsync(Job("a"), Api, Command()));
        quota.Error.Kind.ShouldBe(ArmErrorKind.Quota);
        quota.Message.ShouldEndWith("Ask for more quota in the Azure portal, choose another instance type or region, or train on less.");
        _arm.Fail(FakeArmFault.Capacity);
        var capacity = await Should.ThrowAsync<TransientException>(() => _client.PutAsync(Job("a"), Api, Command()));
        ((ArmException)capacity.InnerException!).Error.Kind.ShouldBe(ArmErrorKind.Capacity);
        _arm.Fail(FakeArmFault.Forbidden);
        (await Should.ThrowAsync<ArmException>(() => _client.PutAsync(Job("a"), Api, Command()))).Error.Kind.ShouldBe(ArmErrorKind.Denied);
    }

    [Fact]
    public async Task Operation_BegunByOneClient_IsPolledByAnotherAsData()
    {
        var reply = await _client.PutAsync(FakeSlowThings.IdOf("x"), Api, new JsonObject { ["location"] = "eastus2", ["properties"] = new JsonObject() });
        reply.Operation!.Kind.ShouldBe(ArmOperationKind.Status);
        var data = System.Text.Json.JsonSerializer.Serialize(reply.Operation, SeamJson.Options);
        var later = _arm.Client();
        var operation = System.Text.Json.JsonSerializer.Deserialize<ArmOperation>(data, SeamJson.Options)!;
        var first = await later.PollAsync(operation);
        (first.State, first.Word).ShouldBe((ArmOperationState.Running, "Updating"));
        (await later.PollAsync(operation)).State.ShouldBe(ArmOperationState.Succeeded);
        (await later.GetAsync(FakeSlowThings.IdOf("x"), Api))!.Text("properties.provisioningState").ShouldBe("Succeeded");
    }

    [Fact]
    public async Task Operation_Fails_TellsWhy()
    {
        _slow.Error = new JsonObject { ["code"] = "OutOfQuota", ["message"] = "Not enough quota for the instance type." };
        var reply = await _client.PutAsync(FakeSlowThings.IdOf("x"), Api, new JsonObject { ["location"] = "eastus2", ["properties"] = new JsonObject() });
        await _client.PollAsync(reply.Operation!);
        var status = await _client.PollAsync(reply.Operation!);
        status.State.ShouldBe(ArmOperationState.Failed);
        status.Error!.Kind.ShouldBe(ArmErrorKind.Quota);
        status.Error.ForPeople.ShouldStartWith("OutOfQuota: Not enough quota for the instance type. Ask for more quota");
    }

    [Fact]
    public async Task Operation_Forgotten_IsSaidSo()
    {
        var reply = await _client.PutAsync(FakeSlowThings.IdOf("x"), Api, new JsonObject { ["location"] = "eastus2", ["properties"] = new JsonObject() });
        _arm.Operations.Forget();
        (await _client.PollAsync(reply.Operation!)).State.ShouldBe(ArmOperationState.Forgotten);
    }

    [Fact]
    public async Task Delete_ByLocation_IsPolledUntilItIsGone()
    {
        await _client.PutAsync(FakeSlowThings.IdOf("x"), Api, new JsonObject { ["location"] = "eastus2", ["properties"] = new JsonObject() });
        var reply = await _client.DeleteAsync(FakeSlowThings.IdOf("x"), Api);
        reply!.Operation!.Kind.ShouldBe(ArmOperationKind.Location);
        reply.Operation.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
        (await _client.PollAsync(reply.Operation)).State.ShouldBe(ArmOperationState.Running);
        (await _client.PollAsync(reply.Operation)).State.ShouldBe(ArmOperationState.Succeeded);
        (await _client.DeleteAsync(FakeSlowThings.IdOf("x"), Api)).ShouldBeNull();
    }

    [Fact]
    public async Task Operation_AtAnotherHost_GetsNoToken()
    {
        _slow.ForeignOperation = "https://evil.example/operations/1";
        var failed = await Should.ThrowAsync<ArmException>(() =>
            _client.PutAsync(FakeSlowThings.IdOf("x"), Api, new JsonObject { ["location"] = "eastus2", ["properties"] = new JsonObject() }));
        failed.Message.ShouldContain("evil.example is not 127.0.0.1, and no token is sent there.");
        (await Should.ThrowAsync<ArmException>(() =>
            _client.PollAsync(new ArmOperation(ArmOperationKind.Status, "https://evil.example/x")))).Error.Kind.ShouldBe(ArmErrorKind.Denied);
    }

    [Fact]
    public async Task Token_RunsOut_IsAskedForAgain()
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        await using var arm = await FakeArm.StartAsync(clock, new FakeWorkspace());
        var client = arm.Client();
        await client.PutAsync(Job("a"), Api, Command());
        clock.Now += TimeSpan.FromDays(3);
        (await client.GetAsync(Job("a"), Api)).ShouldNotBeNull();
        arm.Tokens.Issued.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Token_RefusedAsExpired_IsTransient()
    {
        await _client.GetAsync(Job("a"), Api);
        _arm.Tokens.Revoke();
        await Should.ThrowAsync<TransientException>(() => _client.GetAsync(Job("a"), Api));
    }

    [Theory]
    [InlineData("subscriptions/x")]
    [InlineData("/subscriptions/x?y=1")]
    [InlineData("/subscriptions/../x")]
    public async Task Call_NoResourceId_IsRefusedBeforeSending(string id)
    {
        await Should.ThrowAsync<ArgumentException>(() => _client.GetAsync(id, Api));
        await Should.ThrowAsync<ArmException>(() => _client.GetAsync("//evil.example/x", Api));
        _arm.Calls.ShouldBeEmpty();
    }
}
