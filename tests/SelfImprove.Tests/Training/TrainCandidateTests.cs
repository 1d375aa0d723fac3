using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Audit;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training;

/// <summary>Waiting for a training service that takes its time, fails, or is told to stop.</summary>
public sealed class TrainCandidateTests : IAsyncLifetime
{
    private const string Agent = "desk", Run = "desk-0001", Id = "desk-0001/training/1";

    private readonly WorldStore _store = new();
    private readonly SmallTask _task = new(4, 3);
    private DurableHarness _harness = null!;
    private TrainInput _input = null!;

    private ScriptedTrainer Trainer => _harness.Services.GetRequiredService<ScriptedTrainer>();

    public async Task InitializeAsync()
    {
        _harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddTraining(), services =>
        {
            services.AddSingleton<IObjectStore>(_store).AddStoreParts().AddAgents().AddAudit().AddTraining().AddSingleton<SpendBook>().AddSingleton<RunGuard>();
            ScriptedTrainer.AddTo(services);
        });
        await SetUpAsync(ScriptedTrainer.TrainerName);
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    private async Task SetUpAsync(string trainer)
    {
        var manifest = SmallManifest.Create(_task) with { Student = new() { Trainer = trainer, TrainingPrice = 2, Deadline = TimeSpan.FromHours(2) } };
        var revision = await _harness.Services.GetRequiredService<ManifestStore>().PutAsync(manifest);
        var version = await _harness.Services.GetRequiredService<StartingVersion>().RegisterAsync(manifest, _task.Examples(_task.Classes, 6), "person:test");
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

    private Task<decimal> SpentAsync() => _harness.Services.GetRequiredService<SpendBook>().OfRunAsync(_input.Run);

    [Fact]
    public async Task Train_JobTakesAnHour_IsLookedAtLessAndLessOften()
    {
        var start = _harness.Now;
        Trainer.Script = (_, _) => (_harness.Now - start) switch
        {
            var t when t < TimeSpan.FromMinutes(10) => new TrainingStatus { State = TrainingState.Queued },
            var t when t < TimeSpan.FromHours(1) => ScriptedTrainer.Working,
            _ => null,
        };
        (await TrainAsync()).Version.ShouldBe("v2");
        var looks = Trainer.Looks.Select(l => l.At).ToList();
        looks.Count.ShouldBeLessThan(25);
        looks.Zip(looks.Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap <= TimeSpan.FromMinutes(5));
        (await SpentAsync()).ShouldBe(2);
        Trainer.Submitted.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Train_CallbackComes_EndsTheWaitAtOnce()
    {
        var done = false;
        Trainer.Script = (_, _) => done ? null : ScriptedTrainer.Working;
        await _harness.Client.StartAsync(TrainCandidate.Ref, Id, _input);
        await _harness.RunUntilIdleAsync();
        for (var i = 0; i < 12; i++) await _harness.AdvanceAsync(TimeSpan.FromMinutes(5));
        var before = _harness.Now;

        done = true;
        await _harness.Client.RaiseEventAsync(Id, TrainCandidate.CompletedEvent(1), "done");
        await _harness.RunUntilIdleAsync();

        (await _harness.Client.GetAsync(Id))!.OutputAs<TrainOutput>()!.Version.ShouldBe("v2");
        _harness.Now.ShouldBe(before);
    }

    [Fact]
    public async Task Train_NeverEnds_IsCancelledAtTheDeadline()
    {
        Trainer.Script = (_, _) => ScriptedTrainer.Working;
        var start = _harness.Now;
        var output = await TrainAsync();
        output.Version.ShouldBeNull();
        output.Failure.ShouldBe("Training job job-1 was cancelled at its deadline; raise student.deadline or train on less.");
        (_harness.Now - start).ShouldBe(TimeSpan.FromHours(2), TimeSpan.FromSeconds(1));
        Trainer.Cancelled.ShouldBe(["job-1"]);
    }

    [Fact]
    public async Task Train_FailsTransiently_IsSubmittedAgainAsAnotherJobAndPaidForAgain()
    {
        Trainer.Script = (_, job) => job < 3 ? ScriptedTrainer.Failed("preempted", transient: true) : null;
        (await TrainAsync()).Version.ShouldBe("v2");
        Trainer.Jobs.ShouldBe(3);
        (await SpentAsync()).ShouldBe(6);
    }

    [Fact]
    public async Task Train_KeepsFailingTransiently_GivesUpWithTheReason()
    {
        Trainer.Script = (_, _) => ScriptedTrainer.Failed("no capacity in westeurope", transient: true);
        (await TrainAsync()).Failure.ShouldBe("no capacity in westeurope");
        Trainer.Jobs.ShouldBe(TrainCandidate.MaxAttempts);
    }

    [Fact]
    public async Task Train_FailsForGood_IsNotTriedAgain()
    {
        Trainer.Script = (_, _) => ScriptedTrainer.Failed("row 7 has no answer", transient: false);
        (await TrainAsync()).Failure.ShouldBe("row 7 has no answer");
        Trainer.Jobs.ShouldBe(1);
    }

    [Fact]
    public async Task Train_RunIsCancelled_CancelsTheJob()
    {
        Trainer.Script = (_, _) => ScriptedTrainer.Working;
        await _harness.Client.StartAsync(TrainCandidate.Ref, Id, _input);
        await _harness.RunUntilIdleAsync();
        await _harness.Services.GetRequiredService<FactBook>().RecordAsync(Run, RunGuard.CancelGate, 0, new Cancellation("person:ada", null, _harness.Now));
        await _harness.Client.RaiseEventAsync(Id, RunService.CancelEvent, "");
        await _harness.RunUntilIdleAsync();

        var state = (await _harness.Client.GetAsync(Id))!;
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure!.Type.ShouldBe(nameof(RunEndedException));
        Trainer.Cancelled.ShouldBe(["job-1"]);
    }

    [Fact]
    public async Task Submit_RunTwice_IsOneJobAndOneCharge()
    {
        var context = new ActivityContext(Id, nameof(SubmitTraining), "abc");
        var submit = ActivatorUtilities.CreateInstance<SubmitTraining>(_harness.Services);
        var first = await submit.RunAsync(context, new SubmitTrainingInput(_input, 1), default);
        (await submit.RunAsync(context, new SubmitTrainingInput(_input, 1), default)).ShouldBe(first);
        Trainer.Jobs.ShouldBe(1);
        (await SpentAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Train_UnknownTrainer_SaysWhichThereAre()
    {
        await SetUpAsync("gpu");
        await _harness.Client.StartAsync(TrainCandidate.Ref, Id, _input);
        var state = await _harness.RunToEndAsync(Id);
        state.Failure!.Message.ShouldContain("student.trainer is 'gpu', but this host has only: builtin, few-shot, scripted.");
        (await SpentAsync()).ShouldBe(0, "nothing is charged for what can't be submitted");
    }
}
