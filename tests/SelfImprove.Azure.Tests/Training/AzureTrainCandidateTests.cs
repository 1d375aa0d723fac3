using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.DataGeneration;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;
using StudentSettings = SelfImprove.Agents.Manifests.StudentSettings;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>The whole <see cref="TrainCandidate"/> orchestration on the embedded engine, in virtual time, over the fake workspace.</summary>
public sealed class AzureTrainCandidateTests : IAsyncLifetime
{
    private const string Agent = "desk", Run = "desk-0001", Id = "desk-0001/training/1";

    private readonly WorldStore _store = new();
    private readonly SmallTask _task = new(4, 3);
    private readonly FakeWorkspace _workspace = new();
    private readonly FakeDatastore _datastore = new();
    private FakeArm _arm = null!;
    private DurableHarness _harness = null!;
    private TrainInput _input = null!;

    public async Task InitializeAsync()
    {
        var clock = new LateClock();
        _arm = await FakeArm.StartAsync(clock, _workspace, _datastore);
        _harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddTraining(), services =>
        {
            services.AddSingleton<IObjectStore>(_store).AddStoreParts().AddAgents().AddAudit().AddTraining().AddSingleton<SpendBook>().AddSingleton<RunGuard>();
            WorkspaceWorld.AddTo(services, _arm);
        });
        clock.Inner = _harness.Clock;
        await SetUpAsync(new StudentSettings { Trainer = "azureml", Profile = "small", TrainingPrice = 2, Deadline = TimeSpan.FromHours(48) }, 100);
    }

    public async Task DisposeAsync()
    {
        await _harness.DisposeAsync();
        await _arm.DisposeAsync();
    }

    private async Task SetUpAsync(StudentSettings student, decimal perRun)
    {
        var manifest = SmallManifest.Create(_task) with { Student = student, Budget = new BudgetSettings { PerRun = perRun, PerMonth = Math.Max(200, perRun) } };
        var revision = await _harness.Services.GetRequiredService<ManifestStore>().PutAsync(manifest);
        var versions = _harness.Services.GetRequiredService<VersionStore>();
        var version = await versions.GetAsync(Agent, "v1")
            ?? await _harness.Services.GetRequiredService<StartingVersion>().RegisterAsync(manifest, _task.Examples(_task.Classes, 6), "person:test");
        await _harness.Services.GetRequiredService<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(Agent), Run);
        _input = new TrainInput(new RunRef(Agent, Run, 1, revision.Revision), version.Dataset!, version.Id);
    }

    private async Task<TrainOutput> TrainAsync()
    {
        await _harness.Client.StartAsync(TrainCandidate.Ref, Id, _input);
        var state = await _harness.RunToEndAsync(Id);
        state.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        return state.OutputAs<TrainOutput>()!;
    }

    // The orchestration here is a run's, though no run is there for it.
    private static Task<bool?> RunIsGone(string run, CancellationToken cancellationToken) => Task.FromResult<bool?>(true);

    private Task<decimal> SpentAsync() => _harness.Services.GetRequiredService<SpendBook>().OfRunAsync(_input.Run);

    private static string Course(TimeSpan age) => age.TotalHours switch
    {
        < 1 => "Queued",
        < 2 => "Preparing",
        < 5 => "Running",
        < 5.1 => "SomethingNew",
        _ => "Completed",
    };

    [Fact]
    public async Task Train_QueuedThenHoursOnAGpu_RegistersTheVersionAndChargesWhatItCost()
    {
        _workspace.Script = (_, _, age) => Course(age);
        var output = await TrainAsync();
        output.Version.ShouldBe("v2");
        output.CostUsd.ShouldBe(3.5m * 4.1m, 0.7m, "four hours on the machine, the queue is free");
        (await SpentAsync()).ShouldBe(output.CostUsd, 0.0001m);
        _workspace.Made.ShouldHaveSingleItem();
        var version = (await _harness.Services.GetRequiredService<VersionStore>().GetAsync(Agent, "v2"))!;
        version.Model.ShouldStartWith("azureml:selfimprove-desk/");
        _arm.Count("GET", "/jobs/").ShouldBeLessThan(90, "it is looked at every five minutes at most");
    }

    [Fact]
    public async Task Train_EveryKindOfFailureOnTheWay_IsStillOneJob()
    {
        _workspace.Script = (_, looks, age) =>
        {
            if (looks == 3) _arm.Fail(FakeArmFault.CutConnection with { Method = "GET", Path = "/jobs/" }, 12);
            return Course(age);
        };
        _arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT", Path = "/data/" });
        _arm.Fail(FakeArmFault.ServerError() with { Method = "PUT", Path = "/jobs/" });
        _arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT", Path = "/jobs/" });
        _arm.Fail(FakeArmFault.ServerError(takesEffect: true) with { Method = "PUT", Path = "/models/" });
        (await TrainAsync()).Version.ShouldBe("v2");
        _workspace.Made.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Train_FailsInAzure_EndsWithTheReason()
    {
        _workspace.Script = (_, looks, _) => looks < 3 ? "Running" : "Failed";
        _workspace.FailureMessage = "Row 7 has no answer.";
        var output = await TrainAsync();
        output.Version.ShouldBeNull();
        output.Failure!.ShouldContain("failed: Row 7 has no answer.");
        _workspace.Made.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Train_RunIsCancelled_CancelsTheJobInAzure()
    {
        _workspace.Script = (_, _, _) => "Running";
        await _harness.Client.StartAsync(TrainCandidate.Ref, Id, _input);
        await _harness.RunUntilIdleAsync();
        await _harness.Services.GetRequiredService<FactBook>().RecordAsync(Run, RunGuard.CancelGate, 0, new Cancellation("person:ada", null, _harness.Now));
        await _harness.Client.RaiseEventAsync(Id, RunService.CancelEvent, "");
        (await _harness.RunToEndAsync(Id)).Failure!.Type.ShouldBe(nameof(RunEndedException));
        _workspace.Cancelled.ShouldBe(_workspace.Made);
    }

    [Fact]
    public async Task Train_BeyondTheDeadline_CancelsTheJobInAzure()
    {
        _workspace.Script = (_, _, _) => "NotResponding";
        await SetUpAsync(new StudentSettings { Trainer = "azureml", Profile = "small", Deadline = TimeSpan.FromHours(3) }, 100);
        var output = await TrainAsync();
        output.Failure!.ShouldContain("was cancelled at its deadline");
        output.CostUsd.ShouldBe(10.5m, 0.1m);
        (await SpentAsync()).ShouldBe(output.CostUsd, 0.0001m);
        _workspace.Cancelled.ShouldBe(_workspace.Made);
    }

    [Fact]
    public async Task Train_CostsMoreThanTheBudget_IsStopped()
    {
        _workspace.Script = (_, _, _) => "Running";
        await SetUpAsync(new StudentSettings { Trainer = "azureml", Profile = "small", TrainingPrice = 2, Deadline = TimeSpan.FromDays(3) }, 20);
        var output = await TrainAsync();
        output.Version.ShouldBeNull();
        output.Failure!.ShouldContain("was cancelled: training, round 1");
        output.Failure!.ShouldContain("of its budget of 20 USD");
        output.CostUsd.ShouldBe(20m + 1m, 1m, "one step of the budget at most beyond it");
        (await SpentAsync()).ShouldBe(output.CostUsd, 0.01m);
        _workspace.Cancelled.ShouldBe(_workspace.Made);
    }

    [Fact]
    public async Task Train_QuotaUsedUp_EndsWithTheReasonAndOwesNothing()
    {
        _arm.Fail(FakeArmFault.Quota with { Method = "PUT", Path = "/jobs/" });
        var output = await TrainAsync();
        output.Failure!.ShouldContain("Ask for more quota in the Azure portal");
        (await SpentAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Train_NoMachineAtFirst_WaitsAndPaysOnce()
    {
        _workspace.Script = (_, _, age) => Course(age);
        _arm.Fail(FakeArmFault.Capacity with { Method = "PUT", Path = "/jobs/" });
        var output = await TrainAsync();
        output.Version.ShouldBe("v2");
        _workspace.Made.ShouldHaveSingleItem();
        (await SpentAsync()).ShouldBe(output.CostUsd, 0.0001m);
    }

    [Fact]
    public async Task Train_JobVanishes_IsMadeAgainAsAnother()
    {
        _workspace.Script = (name, _, age) =>
        {
            if (_workspace.Made.First() == name && age > TimeSpan.FromMinutes(30)) _workspace.Vanish(name);
            return Course(age);
        };
        (await TrainAsync()).Version.ShouldBe("v2");
        _workspace.Made.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Train_RightsTakenAwayAndGivenBack_IsStillOneJob()
    {
        _workspace.Script = (_, looks, age) =>
        {
            if (looks == 3) _arm.Fail(FakeArmFault.Forbidden with { Method = "GET", Path = "/jobs/" }, 12);
            return Course(age);
        };
        var output = await TrainAsync();
        output.Version.ShouldBe("v2");
        _workspace.Made.ShouldHaveSingleItem();
        (await SpentAsync()).ShouldBe(output.CostUsd, 0.0001m);
    }

    [Fact]
    public async Task Train_RightsTakenAwayForGood_LeavesTheJobToTheJanitorAndPaysOnce()
    {
        var jobs = _harness.Services.GetRequiredService<OpenJobs>();
        await SetUpAsync(new StudentSettings { Trainer = "azureml", Profile = "small", TrainingPrice = 2, Deadline = TimeSpan.FromHours(3) }, 100);
        _workspace.Script = (_, looks, _) =>
        {
            if (looks == 3) _arm.Fail(FakeArmFault.Forbidden with { Path = "/jobs/" }, 500);
            return "Running";
        };

        var output = await TrainAsync();

        output.Version.ShouldBeNull();
        output.Failure!.ShouldSatisfyAllConditions(
            f => f.ShouldContain("was to be cancelled at its deadline. It could not be cancelled:"), f => f.ShouldContain("AuthorizationFailed"), f => f.ShouldContain("may still be at work"));
        _workspace.Made.ShouldHaveSingleItem("it is not trained, and not paid, again");
        _workspace.Cancelled.ShouldBeEmpty();
        (await SpentAsync()).ShouldBe(output.CostUsd, 0.0001m, "the hours until it was given up are booked, once");
        var left = (await jobs.ListAsync(Agent)).ShouldHaveSingleItem();
        (left.Trainer, left.Run, left.JobId).ShouldBe(("azureml", Run, $"{Agent}/{_workspace.Made.Single()}"));

        await jobs.TidyAsync(Agent, RunIsGone);
        (await jobs.ListAsync(Agent)).ShouldHaveSingleItem("the rights are still not there");
        _arm.Mend();
        await jobs.TidyAsync(Agent, RunIsGone);
        _workspace.Cancelled.ShouldBe(_workspace.Made);
        (await jobs.ListAsync(Agent)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Train_SubmissionsAnswerAndRightsAreLostAtOnce_IsStillOneJob()
    {
        _workspace.Script = (_, _, age) => Course(age);
        _arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT", Path = "/jobs/", Then = () => _arm.Fail(FakeArmFault.Forbidden with { Path = "/jobs/" }, 12) });

        var output = await TrainAsync();

        output.Version.ShouldBe("v2", output.Failure);
        _workspace.Made.ShouldHaveSingleItem();
        (await SpentAsync()).ShouldBe(output.CostUsd, 0.0001m);
        (await _harness.Services.GetRequiredService<OpenJobs>().ListAsync(Agent)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Train_RightsAreLostBeforeTheSubmission_OwesNothing()
    {
        _arm.Fail(FakeArmFault.Forbidden with { Method = "PUT", Path = "/jobs/" });
        (await TrainAsync()).Failure!.ShouldContain("did not take the training job. AuthorizationFailed");
        (await SpentAsync()).ShouldBe(0);
        (await _harness.Services.GetRequiredService<OpenJobs>().ListAsync(Agent)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Train_AtWork_ShowsWhereAPersonFindsTheJob()
    {
        _workspace.Script = (_, _, _) => "Running";
        await _harness.Client.StartAsync(TrainCandidate.Ref, Id, _input);
        await _harness.RunUntilIdleAsync();
        (await _harness.Client.GetAsync(Id))!.CustomStatus!.ShouldContain("\"links\":{\"studio\":\"https://ml.azure.com/");
    }

    [Theory]
    [InlineData("dpo", "dpo")]
    [InlineData("sft", "sft")]
    public async Task Train_DatasetOfPairs_AsksForPreferenceTraining(string format, string method)
    {
        const string Pair = """{"input":{"messages":[{"role":"user","content":"q"}]},"preferred_output":[{"role":"assistant","content":"a"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}""";
        const string Row = """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}""";
        var path = _input.Run.Path("dataset", "jsonl");
        await _store.WriteAsync(path, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat(format == "dpo" ? Pair : Row, 12)) + "\n"));
        await new JsonDocuments(_store).WriteAsync(_input.Run.Path("dataset-1.card.json"), new DatasetCard
        {
            Path = path, Format = format, Rows = 12, NewRows = 12, Slices = new Dictionary<string, int>(), Sources = new Dictionary<string, int>(),
            Filtered = new Dictionary<string, int>(), ContentHash = "",
        });
        _input = _input with { Dataset = path };
        _workspace.Script = (_, _, age) => Course(age);

        (await TrainAsync()).Version.ShouldBe("v2");

        _arm.Resources[$"{FakeWorkspace.Id}/jobs/{_workspace.Made.Single()}"]["properties"]!["command"]!.GetValue<string>().ShouldContain($"--method {method}");
    }
}
