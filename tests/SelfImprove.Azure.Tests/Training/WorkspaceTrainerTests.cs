using System.Text;
using System.Text.Json.Nodes;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Azure.Training.AzureMl;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>Command jobs of Azure Machine Learning: made once, paid once, whatever fails on the way.</summary>
public sealed class WorkspaceTrainerTests : IAsyncLifetime
{
    private WorkspaceWorld _world = null!;

    public async Task InitializeAsync() => _world = await WorkspaceWorld.CreateAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    private async Task<TrainingStatus> StatusAsync(string id) => await _world.Trainer.GetAsync(id);

    [Fact]
    public async Task Submit_NewJob_RunsTheScriptOnTheUploadedData()
    {
        var id = await _world.SubmitAsync();
        var name = _world.Workspace.Made.ShouldHaveSingleItem();
        id.ShouldBe($"desk/{name}");
        name.ShouldMatch("^si-desk-r1-[0-9a-f]{16}$");
        var job = _world.Workspace.JobBody(name)["properties"]!;
        job["command"]!.GetValue<string>().ShouldBe("pip install --quiet -r requirements.txt && python train.py --method sft --model Qwen/Qwen3-0.6B "
            + "--train ${{inputs.train}} --output ${{outputs.model}} --seed 7 --epochs 2 --load-in-4bit");
        job["environmentId"]!.GetValue<string>().ShouldBe("azureml:acpt-lora:3");
        job["resources"]!["instanceType"]!.GetValue<string>().ShouldBe("Standard_NC24ads_A100_v4");
        job["queueSettings"]!["jobTier"]!.GetValue<string>().ShouldBe("Spot");
        job["computeId"].ShouldBeNull();
        job["limits"]!["timeout"]!.GetValue<string>().ShouldBe("PT8H");
        job["identity"]!["identityType"]!.GetValue<string>().ShouldBe("AMLToken");
        job["tags"]!["selfimprove.key"]!.GetValue<string>().ShouldBe("key");

        var data = _world.Arm.Resources[job["inputs"]!["train"]!["uri"]!.GetValue<string>()];
        var path = data["properties"]!["dataUri"]!.GetValue<string>()["azureml://datastores/workspaceblobstore/paths/".Length..];
        Encoding.UTF8.GetString(_world.Datastore.Blobs[path]).ShouldBe(WorkspaceWorld.Row);
        var code = _world.Arm.Resources[job["codeId"]!.GetValue<string>()]["properties"]!["codeUri"]!.GetValue<string>();
        code.ShouldBe(_world.Arm.UrlOf($"{FakeDatastore.Container}/selfimprove/code/{WorkspaceWorld.Code.Hash}"));
        _world.Datastore.Blobs.Keys.ShouldContain($"selfimprove/code/{WorkspaceWorld.Code.Hash}/finetune/run.py");
    }

    [Fact]
    public async Task Submit_DistributedOnACompute_SaysHowManyProcesses()
    {
        await _world.SubmitAsync(job: WorkspaceWorld.Job("big", "dpo"));
        var job = _world.Workspace.JobBody(_world.Workspace.Made.Single())["properties"]!;
        job["computeId"]!.GetValue<string>().ShouldBe($"{FakeWorkspace.Id}/computes/gpu-cluster");
        job["queueSettings"]!["jobTier"]!.GetValue<string>().ShouldBe("Null");
        job["distribution"]!.ToJsonString().ShouldBe("""{"distributionType":"PyTorch","processCountPerInstance":4}""");
        job["resources"]!["instanceCount"]!.GetValue<int>().ShouldBe(2);
        job["resources"]!["shmSize"]!.GetValue<string>().ShouldBe("16g");
        job["identity"]!["clientId"]!.GetValue<string>().ShouldBe("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
        job["command"]!.GetValue<string>().ShouldContain("--method dpo");
        job["command"]!.GetValue<string>().ShouldEndWith("--seed 7");
    }

    [Fact]
    public async Task Submit_Again_FindsTheJobAndUploadsNothing()
    {
        var first = await _world.SubmitAsync();
        var uploads = _world.Datastore.Commits.Count;
        (await _world.SubmitAsync()).ShouldBe(first);
        _world.Workspace.Made.Count.ShouldBe(1);
        _world.Arm.Count("PUT", "/jobs/").ShouldBe(1);
        _world.Datastore.Commits.Count.ShouldBe(uploads);
        (await _world.SubmitAsync("other key")).ShouldNotBe(first);
        _world.Datastore.Commits.Count.ShouldBe(uploads, "same data, same code");
    }

    [Fact]
    public async Task Submit_AtOnce_IsOneJob()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _world.SubmitAsync())));
        ids.Distinct().ShouldHaveSingleItem();
        _world.Workspace.Made.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("PUT", "/jobs/")]
    [InlineData("PUT", "/data/")]
    [InlineData("PUT", "/codes/")]
    public async Task Submit_TimesOutAfterTheEffect_IsOneJob(string method, string path)
    {
        _world.Arm.Fail(FakeArmFault.LostAnswer with { Method = method, Path = path });
        await _world.SubmitAsync();
        _world.Workspace.Made.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Submit_ServiceFails_IsTransientAndLaterOneJob()
    {
        _world.Arm.Fail(FakeArmFault.ServerError() with { Method = "PUT", Path = "/jobs/" });
        await Should.ThrowAsync<TransientException>(() => _world.SubmitAsync());
        await _world.SubmitAsync();
        _world.Workspace.Made.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Submit_QuotaUsedUp_IsRefusedForGood()
    {
        _world.Arm.Fail(FakeArmFault.Quota with { Method = "PUT", Path = "/jobs/" });
        var refused = await Should.ThrowAsync<TrainingRefusedException>(() => _world.SubmitAsync());
        refused.IsTransient.ShouldBeFalse();
        refused.Message.ShouldBe("Azure Machine Learning did not take the training job. QuotaExceeded: Insufficient quota for Standard_NC24ads_A100_v4 family vCPUs: 24 requested, 0 available. "
            + "Ask for more quota in the Azure portal, choose another instance type or region, or train on less. "
            + $"(Azure answered 400 to PUT Microsoft.MachineLearningServices/workspaces/lab/jobs/{NameOfRecord()}.)");
    }

    private string NameOfRecord() =>
        Path.GetFileNameWithoutExtension(_world.Store.Paths.Single(p => p.StartsWith("training/azureml/", StringComparison.Ordinal)));

    [Fact]
    public async Task Submit_NoMachineNow_IsRefusedForNow()
    {
        _world.Arm.Fail(FakeArmFault.Capacity with { Method = "PUT", Path = "/jobs/" });
        (await Should.ThrowAsync<TrainingRefusedException>(() => _world.SubmitAsync())).IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task Submit_NoRightOnStorage_NamesTheRole()
    {
        _world.Arm.Fail(new FakeArmFault { Method = "PUT", Path = FakeDatastore.Container, Answer = new FakeArmAnswer(403) });
        (await Should.ThrowAsync<TrainingRefusedException>(() => _world.SubmitAsync())).Message.ShouldContain("needs the role Storage Blob Data Contributor");
    }

    [Theory]
    [InlineData("huge", "student.profile is 'huge', but for azureml this host has only: big, small.")]
    [InlineData(null, "student.profile is missing: for azureml this host has several, big, small.")]
    public async Task Submit_ProfileNotApproved_IsRefusedWithTheList(string? profile, string message)
    {
        (await Should.ThrowAsync<TrainingRefusedException>(() => _world.SubmitAsync(job: WorkspaceWorld.Job(profile)))).Message.ShouldBe(message);
        _world.Arm.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Submit_Hyperparameters_OnlyThoseThatTheProfileLeaves()
    {
        await _world.SubmitAsync(job: WorkspaceWorld.Job(tuning: new HyperparameterSettings { Epochs = 1.5 }));
        _world.Workspace.JobBody(_world.Workspace.Made.Single())["properties"]!["command"]!.GetValue<string>().ShouldContain("--epochs 1.5");
        (await Should.ThrowAsync<TrainingRefusedException>(() =>
            _world.SubmitAsync("2", WorkspaceWorld.Job(tuning: new HyperparameterSettings { LearningRate = 0.1 })))).Message
            .ShouldBe("student.hyperparameters.learningRate can't be set with the training profile 'small', which leaves to the manifest: epochs.");
    }

    [Fact]
    public async Task Submit_ImagesForATextProfile_IsRefusedBeforeAnythingIsUploaded()
    {
        var row = """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},{"role":"assistant","content":"a"}]}""";
        await _world.Store.WriteAsync(WorkspaceWorld.Dataset, Encoding.UTF8.GetBytes(row));
        (await Should.ThrowAsync<TrainingRefusedException>(() => _world.SubmitAsync())).Message.ShouldContain("the training profile 'small' is for text alone");
        _world.Datastore.Commits.ShouldBeEmpty();
        (await Should.ThrowAsync<TrainingRefusedException>(() => _world.SubmitAsync(job: WorkspaceWorld.Job("big", "dpo")))).Message.ShouldContain("takes text alone");
        await _world.SubmitAsync(job: WorkspaceWorld.Job("big"));
        var name = _world.Workspace.Made.ShouldHaveSingleItem();
        _world.Workspace.JobBody(name)["properties"]!["command"]!.GetValue<string>().ShouldContain(" --vision");
    }

    [Fact]
    public async Task Submit_LargeDataset_GoesUpInBlocks()
    {
        var rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(WorkspaceWorld.Row, 200_000)));
        await _world.Store.WriteAsync(WorkspaceWorld.Dataset, rows);
        await _world.SubmitAsync();
        _world.Datastore.Blobs.Single(b => b.Key.EndsWith("train.jsonl")).Value.AsSpan().SequenceEqual(rows).ShouldBeTrue();
        _world.Arm.Count("PUT", "train.jsonl").ShouldBe((rows.Length + 8 * 1024 * 1024 - 1) / (8 * 1024 * 1024) + 1);
    }

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

    [Fact]
    public async Task Managed_FineTuningJob_HasTheDetailsOfThePreview()
    {
        _world.Workspace.Script = (_, _, _) => "Completed";
        var id = await _world.Managed.SubmitAsync(WorkspaceWorld.Job("llama"), "key");
        var job = _world.Workspace.JobBody(WorkspaceWorld.NameOf(id))["properties"]!;
        job["jobType"]!.GetValue<string>().ShouldBe("FineTuning");
        var details = job["fineTuningDetails"]!;
        details["model"]!["uri"]!.GetValue<string>().ShouldBe(WorkspaceWorld.Registry);
        details["trainingData"]!["jobInputType"]!.GetValue<string>().ShouldBe("uri_file");
        details["taskType"]!.GetValue<string>().ShouldBe("ChatCompletion");
        job["resources"]!["instanceTypes"]!.ToJsonString().ShouldBe("""["Standard_ND96amsr_A100_v4"]""");
        var status = await _world.Managed.GetAsync(id);
        status.Model!.ShouldStartWith("azureml:selfimprove-desk/");
        _world.Arm.Resources.Values.Select(r => r["properties"]!).Single(p =>
            p["modelUri"] is not null)["modelType"]!.GetValue<string>().ShouldBe("mlflow_model");
        (await Should.ThrowAsync<TrainingRefusedException>(() => _world.Managed.SubmitAsync(WorkspaceWorld.Job("llama", "dpo"), "k"))).Message
            .ShouldBe("The training target azureml-finetuning can't train on 'dpo' rows, only on: sft.");
    }

    [Fact]
    public void Targets_SayWhatTheyTake()
    {
        _world.Trainer.Formats.ShouldBe(["sft", "dpo"], ignoreOrder: true);
        _world.Trainer.Capabilities.ShouldBe(new TrainerCapabilities(Tools: true, Images: true));
        _world.Managed.Capabilities.ShouldBe(new TrainerCapabilities(Tools: true, Images: false));
    }
}
