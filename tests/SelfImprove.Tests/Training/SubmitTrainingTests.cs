using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;
using SelfImprove.Training;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training;

/// <summary>What a trainer is given: rows, pairs, or both, by what it can do.</summary>
public sealed class SubmitTrainingTests : IAsyncLifetime
{
    private const string Agent = "desk", Run = "desk-0001";
    private readonly WorldStore _store = new();
    private readonly SmallTask _task = new(4, 3);
    private readonly RecordingTrainer _dpo = new("tuner", combines: false, "sft", "dpo"), _both = new("joiner", combines: true, "sft", "dpo"), _rows = new("rower", combines: false, "sft");
    private DurableHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await DurableHarness.OpenAsync(new OrchestrationRegistry().AddTraining(), services => services
        .AddSingleton<IObjectStore>(_store).AddStoreParts().AddAgents().AddAudit().AddTraining().AddSingleton<SpendBook>().AddSingleton<RunGuard>()
        .AddSingleton<ITrainer>(_dpo).AddSingleton<ITrainer>(_both).AddSingleton<ITrainer>(_rows));

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Submit_TrainerThatCombines_GetsRowsAndPairsInOneJob()
    {
        await SubmitAsync("joiner", "pairs.jsonl");
        (_both.Job!.Dataset, _both.Job.Format, _both.Job.Pairs).ShouldBe(("rows.jsonl", "sft", "pairs.jsonl"));
    }

    [Fact]
    public async Task Submit_TrainerOfPairsAlone_GetsThemInPlaceOfTheRows()
    {
        await SubmitAsync("tuner", "pairs.jsonl");
        (_dpo.Job!.Dataset, _dpo.Job.Format, _dpo.Job.Pairs).ShouldBe(("pairs.jsonl", "dpo", null));
        _dpo.Job.ParentModel.ShouldStartWith("builtin:", customMessage: "it starts at the reference model");
    }

    [Fact]
    public async Task Submit_NoPairsOrATrainerThatTakesNone_GetsTheRows()
    {
        await SubmitAsync("tuner", null);
        (_dpo.Job!.Dataset, _dpo.Job.Format).ShouldBe(("rows.jsonl", "sft"));
        await SubmitAsync("rower", "pairs.jsonl");
        (_rows.Job!.Dataset, _rows.Job.Format, _rows.Job.Pairs).ShouldBe(("rows.jsonl", "sft", null));
    }

    [Fact]
    public async Task Submit_FewShotOfABuiltinStudent_IsRefusedWithWhatToDo()
    {
        var submitted = await SubmitAsync("few-shot", null);
        submitted.Refusal!.Reason.ShouldContain("is a built-in student, which reads no prompt. Use student.trainer: builtin");
    }

    private async Task<SubmittedJob> SubmitAsync(string trainer, string? pairs)
    {
        var services = _harness.Services;
        var manifest = SmallManifest.Create(_task) with { Student = new SelfImprove.Agents.Manifests.StudentSettings { Trainer = trainer } };
        var revision = await services.GetRequiredService<ManifestStore>().PutAsync(manifest);
        var version = await services.GetRequiredService<StartingVersion>().RegisterAsync(manifest, _task.Examples(_task.Classes, 6), "person:test");
        await services.GetRequiredService<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(Agent), Run);
        var row = SftFormat.Write(new DatasetRow([ChatMessage.User("x")], new AgentOutput("class-1"), []));
        await _store.WriteAsync("rows.jsonl", Encoding.UTF8.GetBytes(row + "\n"));
        var input = new SubmitTrainingInput(new TrainInput(new RunRef(Agent, Run, 1, revision.Revision), "rows.jsonl", version.Id) { Pairs = pairs }, 1);
        return await ActivatorUtilities.CreateInstance<SubmitTraining>(services).RunAsync(new ActivityContext("desk-0001/training/1", nameof(SubmitTraining), $"{trainer}{pairs}"), input, default);
    }

    private sealed class RecordingTrainer(string name, bool combines, params string[] formats) : ITrainer
    {
        public TrainingJob? Job { get; private set; }

        public string Name => name;

        public IReadOnlySet<string> Formats { get; } = formats.ToHashSet();

        public TrainerCapabilities Capabilities { get; } = TrainerCapabilities.Text with { Combines = combines };

        public Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default)
        {
            Job = job;
            return Task.FromResult("job");
        }

        public Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default) => throw new InvalidOperationException("Nobody waits for it.");

        public Task CancelAsync(string jobId, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
