using System.Text;
using System.Text.Json.Nodes;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Azure.Training.AzureMl;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>Submitting jobs to Azure Machine Learning: made once, paid once, whatever fails on the way; what may not be trained is refused before anything is uploaded.</summary>
public sealed class WorkspaceSubmissionTests : IAsyncLifetime
{
    private WorkspaceWorld _world = null!;

    public async Task InitializeAsync() => _world = await WorkspaceWorld.CreateAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

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
