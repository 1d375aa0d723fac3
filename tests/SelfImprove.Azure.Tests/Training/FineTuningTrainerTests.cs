using System.Text.Json.Nodes;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Training.OpenAi;
using SelfImprove.Orchestration;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>Fine-tuning jobs of Azure OpenAI and its like: found again before they are made again.</summary>
public sealed class FineTuningTrainerTests : IAsyncLifetime
{
    private FakeFineTuning _service = null!;
    private ServiceWorld _world = null!;

    public async Task InitializeAsync()
    {
        _service = await FakeFineTuning.StartAsync();
        _world = await ServiceWorld.CreateAsync(_service.Url);
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Submit_NewJob_UploadsTheRowsAndAsksForTheProfile()
    {
        var id = await _world.SubmitAsync();
        var file = _service.Files.ShouldHaveSingleItem();
        ((string)file["filename"]!).ShouldMatch("^si-[0-9a-f]{16}-[0-9a-f]{16}\\.jsonl$");
        _service.Contents[(string)file["id"]!].ShouldBe(WorkspaceWorld.Row);
        var job = _service.Jobs.ShouldHaveSingleItem();
        job["model"]!.GetValue<string>().ShouldBe("gpt-4.1-mini");
        job["training_file"]!.ToString().ShouldBe(file["id"]!.ToString());
        job["trainingType"]!.GetValue<string>().ShouldBe("GlobalStandard");
        job["seed"]!.GetValue<int>().ShouldBe(7);
        job["method"]!.ToJsonString().ShouldBe("""{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":2}}}""");
        job["suffix"]!.GetValue<string>().ShouldMatch("^desk-[0-9a-f]{8}$");
        job["metadata"].ShouldBeNull("Azure's jobs are found by their files");
        id.ShouldMatch("^desk/si-desk-r1-[0-9a-f]{16}$");
    }

    [Fact]
    public async Task Submit_Preferences_AsksForDpoWithBeta()
    {
        await _world.SubmitAsync(job: ServiceWorld.Job("dpo") with
        {
            Settings = ServiceWorld.Job().Settings with { Hyperparameters = new HyperparameterSettings { Beta = 0.2, LearningRateMultiplier = 1.5 } },
        });
        _service.Jobs.Single()["method"]!.ToJsonString().ShouldBe("""{"type":"dpo","dpo":{"hyperparameters":{"beta":0.2,"learning_rate_multiplier":1.5,"n_epochs":2}}}""");
    }

    [Fact]
    public async Task Submit_AgainAndAtOnce_IsOneFileAndOneJob()
    {
        var id = await _world.SubmitAsync();
        (await _world.SubmitAsync()).ShouldBe(id);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            try
            {
                await _world.SubmitAsync("other");
            }
            catch (TransientException)
            {
                // Somebody else is at it: the seam comes again.
            }
        })));
        await _world.SubmitAsync("other");
        _service.Files.Count.ShouldBe(2);
        _service.Jobs.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 500)]
    public async Task Submit_TimesOutAfterTheEffect_FindsWhatItMade(bool metadata, int status)
    {
        await using var world = await ServiceWorld.CreateAsync(_service.Url, metadata: metadata);
        _service.KeepsMetadata = metadata;
        _service.Fail("POST files", status, takesEffect: true);
        await Should.ThrowAsync<TransientException>(() => world.SubmitAsync());
        _service.Fail("POST fine_tuning", status, takesEffect: true);
        await Should.ThrowAsync<TransientException>(() => world.SubmitAsync());
        var id = await world.SubmitAsync();
        _service.Files.Count.ShouldBe(1);
        _service.Jobs.Count.ShouldBe(1);
        (await world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Queued);
    }

    [Fact]
    public async Task Submit_AnswerAndRightsAreLostAtOnce_IsFollowedAsAJob()
    {
        _service.Fail("POST fine_tuning", 0, takesEffect: true);
        await Should.ThrowAsync<TransientException>(() => _world.SubmitAsync());
        const string No = """{"error":{"code":"invalid_api_key","message":"Access denied."}}""";
        _service.Fail("GET files", 401, body: No);
        var id = await _world.SubmitAsync();
        id.ShouldBe(_world.Trainer.JobIdOf(ServiceWorld.Job(), "key"), "it was known before");
        _service.Fail("GET files", 401, body: No);
        (await _world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Queued);
        await _world.Trainer.GetAsync(id);
        _service.Jobs.ShouldHaveSingleItem();
        await _world.Trainer.CancelAsync(id);
        _service.Cancelled.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Submit_ManyJobsSince_FindsItsOwnBeyondTheFirstPage()
    {
        _service.Fail("POST fine_tuning", 0, takesEffect: true);
        await Should.ThrowAsync<TransientException>(() => _world.SubmitAsync());
        var first = (string)_service.Jobs[0]["id"]!;
        for (var i = 0; i < 130; i++)
            _service.Jobs.Add(new JsonObject { ["id"] = $"x-{i}", ["training_file"] = $"y-{i}", ["created_at"] = _service.Jobs[0]["created_at"]!.DeepClone() });
        await _world.SubmitAsync();
        _service.Jobs.Count.ShouldBe(131);
        _service.Calls.Count(c => c == "GET fine_tuning/jobs").ShouldBe(3, "one look before the first job, then two pages");
        first.ShouldNotBeNull();
    }

    [Fact]
    public async Task Submit_FileStillRead_IsWaitedForByLaterLooks()
    {
        _service.FileStatus = "pending";
        var id = await _world.SubmitAsync();
        _service.Jobs.ShouldBeEmpty();
        (await _world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Queued);
        _service.FileStatus = "processed";
        (await _world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Queued);
        _service.Jobs.ShouldHaveSingleItem();
        _service.FileStatus = "error";
        var failed = await _world.SubmitAsync("other").ContinueWith(t => t.Exception!.InnerException);
        failed.ShouldBeOfType<TrainingRefusedException>().Message.ShouldContain("can't read the dataset");
    }

    [Fact]
    public async Task Submit_AccountHasNoQuota_IsRefusedForGoodThough429()
    {
        _service.Fail("POST fine_tuning", 429, """{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","code":"insufficient_quota"}}""");
        var refused = await Should.ThrowAsync<TrainingRefusedException>(() => _world.SubmitAsync());
        refused.IsTransient.ShouldBeFalse();
        refused.Message.ShouldContain("insufficient_quota: You exceeded your current quota. Ask for more quota");
    }

    [Theory]
    [InlineData(429, """{"error":{"code":"429","message":"Rate limit is exceeded."}}""")]
    [InlineData(503, "<html>gateway</html>")]
    [InlineData(200, "<html>not json</html>")]
    [InlineData(200, "{}")]
    public async Task Submit_PassingFailureOrGarbage_IsTransient(int status, string body)
    {
        _service.Fail("POST fine_tuning", status, body);
        await Should.ThrowAsync<TransientException>(() => _world.SubmitAsync());
        await _world.SubmitAsync();
        _service.Jobs.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Submit_ModelNotTunable_SaysWhatTheServiceSaid()
    {
        _service.Fail("POST fine_tuning", 400, """{"error":{"message":"Model gpt-4.1-mini is not available for fine-tuning or does not exist.","code":"model_not_available"}}""");
        (await Should.ThrowAsync<TrainingRefusedException>(() => _world.SubmitAsync())).Message.ShouldBe(
            "The training job was not taken. 127.0.0.1 answered 400 to POST fine_tuning/jobs: model_not_available: Model gpt-4.1-mini is not available for fine-tuning or does not exist.");
    }

    [Theory]
    [InlineData("validating_files", TrainingState.Queued)]
    [InlineData("queued", TrainingState.Queued)]
    [InlineData("pending", TrainingState.Queued)]
    [InlineData("paused", TrainingState.Queued)]
    [InlineData("something_new", TrainingState.Queued)]
    [InlineData("running", TrainingState.Running)]
    [InlineData("succeeded", TrainingState.Succeeded)]
    [InlineData("failed", TrainingState.Failed)]
    [InlineData("cancelled", TrainingState.Canceled)]
    public void StateOf_EveryWord_HasItsMeaning(string word, TrainingState state) => FineTuningStatus.StateOf(word).ShouldBe(state);

    [Fact]
    public async Task Get_Succeeded_HasModelNumbersAndCost()
    {
        var id = await _world.SubmitAsync();
        _service.JobStatus = "running";
        await _world.Trainer.GetAsync(id);
        _world.Clock.Now += TimeSpan.FromHours(1);
        _service.JobStatus = "succeeded";
        (await _world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Running, "its model has no name yet");
        _service.JobExtra = new JsonObject { ["fine_tuned_model"] = "gpt-4.1-mini.ft-1", ["trained_tokens"] = 2_000_000 };
        _service.Checkpoints.Add(new JsonObject { ["step_number"] = 90, ["metrics"] = new JsonObject { ["train_loss"] = 0.25, ["type"] = "supervised" } });
        var status = await _world.Trainer.GetAsync(id);
        status.State.ShouldBe(TrainingState.Succeeded);
        status.Model.ShouldBe("openai:main/gpt-4.1-mini.ft-1");
        status.CostUsd.ShouldBe(10 + 6);
        status.Metrics.ShouldBe(new Dictionary<string, double> { ["trained_tokens"] = 2_000_000, ["train_loss"] = 0.25 }, ignoreOrder: true);
        status.Links["job"].ShouldEndWith("/openai/v1/fine_tuning/jobs/" + (string)_service.Jobs[0]["id"]!);
    }

    [Fact]
    public async Task Get_Failed_TellsTheErrorOrTheLastErrorEvent()
    {
        var id = await _world.SubmitAsync();
        _service.JobStatus = "failed";
        _service.Events.Add(new JsonObject { ["level"] = "info", ["message"] = "Job started." });
        _service.Events.Add(new JsonObject { ["level"] = "error", ["message"] = "Row 7 has no answer." });
        var status = await _world.Trainer.GetAsync(id);
        status.Reason!.ShouldEndWith("failed: Row 7 has no answer.");
        status.IsTransient.ShouldBeFalse();
        _service.JobExtra = new JsonObject { ["error"] = new JsonObject { ["code"] = "internal_error", ["message"] = "A machine broke." } };
        status = await _world.Trainer.GetAsync(id);
        (status.Reason!.EndsWith("failed: A machine broke."), status.IsTransient).ShouldBe((true, true));
    }

    [Fact]
    public async Task Get_JobVanished_IsTransientAndServiceAwayIsNoFailure()
    {
        var id = await _world.SubmitAsync();
        _service.JobStatus = "running";
        await _world.Trainer.GetAsync(id);
        _service.Fail("GET fine_tuning", 0);
        (await _world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Running);
        _service.Fail("GET fine_tuning", 500, "{}");
        (await _world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Running);
        _service.Jobs.Clear();
        (await _world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Running, "a job just made may not be visible everywhere");
        _world.Clock.Now += TimeSpan.FromMinutes(11);
        var status = await _world.Trainer.GetAsync(id);
        (status.State, status.IsTransient).ShouldBe((TrainingState.Failed, true));
        status.Reason!.ShouldContain("it was deleted, or it expired");
    }

    [Fact]
    public async Task Cancel_AtAnyMoment_LeavesNothingRunning()
    {
        var id = await _world.SubmitAsync();
        await _world.Trainer.CancelAsync(id);
        _service.Cancelled.ShouldHaveSingleItem();
        (await _world.Trainer.GetAsync(id)).State.ShouldBe(TrainingState.Canceled);

        _service.JobStatus = "succeeded";
        await _world.Trainer.CancelAsync(id);

        _service.JobStatus = "queued";
        _service.Fail("POST fine_tuning", 0, takesEffect: true);
        await Should.ThrowAsync<TransientException>(() => _world.SubmitAsync("lost"));
        var lost = _world.Store.Paths.Where(p => p.StartsWith("training/openai/desk/", StringComparison.Ordinal)).Select(p =>
            $"desk/{Path.GetFileNameWithoutExtension(p)}").Single(p => p != id);
        await _world.Trainer.CancelAsync(lost);
        _service.Cancelled.ShouldContain((string)_service.Jobs[^1]["id"]!, "it was made, though nobody was told");
    }

    [Fact]
    public async Task Submit_KeyRefused_SaysSoWithoutTheKey()
    {
        await using var world = await ServiceWorld.CreateAsync(_service.Url, auth: "bearer");
        var refused = await Should.ThrowAsync<TrainingRefusedException>(() => world.SubmitAsync());
        refused.Message.ShouldContain("Access denied due to invalid subscription key.");
        refused.ToString().ShouldNotContain(FakeFineTuning.Key);
    }
}
