using System.Text;
using System.Text.Json.Nodes;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Azure.Training.AzureMl;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>Following and cancelling jobs of Azure Machine Learning: every word that it has for them, and every way not to hear of them.</summary>
public sealed class WorkspaceFollowingTests : IAsyncLifetime
{
    private WorkspaceWorld _world = null!;

    public async Task InitializeAsync() => _world = await WorkspaceWorld.CreateAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    private async Task<TrainingStatus> StatusAsync(string id) => await _world.Trainer.GetAsync(id);

    [Theory]
    [InlineData("NotStarted", TrainingState.Queued)]
    [InlineData("Starting", TrainingState.Queued)]
    [InlineData("Provisioning", TrainingState.Queued)]
    [InlineData("Queued", TrainingState.Queued)]
    [InlineData("Paused", TrainingState.Queued)]
    [InlineData("Unknown", TrainingState.Queued)]
    [InlineData("Scheduled", TrainingState.Queued)]
    [InlineData("SomethingNew", TrainingState.Queued)]
    [InlineData(null, TrainingState.Queued)]
    [InlineData("Preparing", TrainingState.Running)]
    [InlineData("Running", TrainingState.Running)]
    [InlineData("Finalizing", TrainingState.Running)]
    [InlineData("CancelRequested", TrainingState.Running)]
    [InlineData("NotResponding", TrainingState.Running)]
    [InlineData("Completed", TrainingState.Succeeded)]
    [InlineData("Failed", TrainingState.Failed)]
    [InlineData("Canceled", TrainingState.Canceled)]
    public void StateOf_EveryWord_HasItsMeaning(string? word, TrainingState state) => WorkspaceStatus.StateOf(word).ShouldBe(state);

    [Fact]
    public async Task Get_Completed_RegistersTheModelOnceWithNumbersAndLinks()
    {
        _world.Workspace.Script = (_, looks, _) => looks == 1 ? "Running" : "Completed";
        var id = await _world.SubmitAsync();
        (await StatusAsync(id)).State.ShouldBe(TrainingState.Running);
        var name = WorkspaceWorld.NameOf(id);
        _world.Datastore.Blobs[$"selfimprove/models/desk/{name}/metrics.json"] = """{"train_loss":0.4,"eval_loss":0.5,"eval_accuracy":null,"steps":120}"""u8.ToArray();
        _world.Clock.Now += TimeSpan.FromHours(2);
        _world.Arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT", Path = "/models/" });

        var status = await StatusAsync(id);

        status.State.ShouldBe(TrainingState.Succeeded);
        status.CostUsd.ShouldBe(7.0m, "two hours on one machine");
        status.DurationSeconds.ShouldBe(7200);
        status.Metrics.ShouldBe(new Dictionary<string, double> { ["train_loss"] = 0.4, ["eval_loss"] = 0.5, ["steps"] = 120 }, ignoreOrder: true);
        status.Links["studio"].ShouldStartWith($"https://ml.azure.com/runs/{name}");
        status.Links["metrics"].ShouldStartWith("azureml://");
        var hash = name[^16..];
        status.Model.ShouldBe($"azureml:selfimprove-desk/{hash}");
        var model = _world.Arm.Resources[$"{FakeWorkspace.Id}/models/selfimprove-desk/versions/{hash}"]["properties"]!;
        model["modelUri"]!.GetValue<string>().ShouldBe($"azureml://jobs/{name}/outputs/model/paths/");
        model["modelType"]!.GetValue<string>().ShouldBe("custom_model");

        _world.Clock.Now += TimeSpan.FromDays(1);
        var again = await StatusAsync(id);
        (again.CostUsd, again.Model).ShouldBe((status.CostUsd, status.Model));
        _world.Arm.Count("PUT", "/models/").ShouldBe(1);
    }

    [Theory]
    [InlineData("The user process failed with exit code 2.", false)]
    [InlineData("AllocationFailed: not enough capacity in the region.", true)]
    [InlineData(null, false)]
    public async Task Get_Failed_TellsWhyAndWhereTheLogsAre(string? message, bool transient)
    {
        _world.Workspace.Script = (_, _, _) => "Failed";
        _world.Workspace.FailureMessage = message;
        var status = await StatusAsync(await _world.SubmitAsync());
        status.State.ShouldBe(TrainingState.Failed);
        status.IsTransient.ShouldBe(transient);
        status.Reason!.ShouldContain(message ?? "Azure does not say why");
        status.Reason!.ShouldContain("Its logs are at https://ml.azure.com/runs/si-desk-r1-");
    }

    [Fact]
    public async Task Get_JobVanished_IsWaitedForAtFirstAndThenFailed()
    {
        var id = await _world.SubmitAsync();
        _world.Workspace.Vanish(WorkspaceWorld.NameOf(id));
        (await StatusAsync(id)).State.ShouldBe(TrainingState.Queued, "a job just made may not be visible everywhere");
        _world.Clock.Now += TimeSpan.FromMinutes(11);
        var status = await StatusAsync(id);
        (status.State, status.IsTransient).ShouldBe((TrainingState.Failed, true));
        status.Reason!.ShouldContain("it was deleted, or it expired");
    }

    [Fact]
    public async Task Get_ServiceAway_IsNoFailureOfTheJob()
    {
        _world.Workspace.Script = (_, _, _) => "Running";
        var id = await _world.SubmitAsync();
        await StatusAsync(id);
        _world.Arm.Fail(FakeArmFault.CutConnection with { Method = "GET" }, 3);
        var status = await StatusAsync(id);
        status.State.ShouldBe(TrainingState.Running);
        status.Reason!.ShouldContain("Azure did not answer");
        _world.Arm.Tokens.Failure = new global::Azure.Identity.AuthenticationFailedException("the sign-in service is away");
        (await StatusAsync(id)).State.ShouldBe(TrainingState.Running);
    }

    [Fact]
    public async Task Get_InAThreeDayRun_AsksForATokenAgain()
    {
        _world.Workspace.Script = (_, _, _) => "Running";
        var id = await _world.SubmitAsync();
        _world.Clock.Now += TimeSpan.FromMinutes(1);
        await StatusAsync(id);
        var before = _world.Arm.Tokens.Issued.Count;
        _world.Clock.Now += TimeSpan.FromDays(3);
        var status = await StatusAsync(id);
        status.State.ShouldBe(TrainingState.Running);
        status.CostUsd.ShouldBe(3.5m * 72);
        _world.Arm.Tokens.Issued.Count.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task Cancel_RunningJob_EndsCanceledAndTwiceIsOnce()
    {
        _world.Workspace.Script = (_, _, _) => "Running";
        var id = await _world.SubmitAsync();
        _world.Arm.Fail(FakeArmFault.LostAnswer with { Method = "POST" });
        await Should.ThrowAsync<TransientException>(() => _world.Trainer.CancelAsync(id));
        await _world.Trainer.CancelAsync(id);
        var status = await StatusAsync(id);
        status.State.ShouldBe(TrainingState.Canceled);
        status.Reason.ShouldBe($"The training job {WorkspaceWorld.NameOf(id)} was cancelled.");
        await _world.Trainer.CancelAsync(id);
        await _world.Trainer.CancelAsync("desk/unknown");
    }

    [Fact]
    public async Task Get_CanceledInAzure_SaysThatItWasNotUs()
    {
        _world.Workspace.Script = (_, _, _) => "Canceled";
        (await StatusAsync(await _world.SubmitAsync())).Reason!.ShouldContain("was cancelled in Azure, by a person or the service");
    }
}
