using System.Text;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Durable;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using SelfImprove.Training;

namespace SelfImprove.Tests.Loop;

/// <summary>
/// Data stay in the store: however large a dataset is, what crosses the engine are references. The champion was taught on 100,000 rows, so that every dataset of the
/// run has more than that; the training service is scripted, for fitting a student to them is not what is asked here.
/// </summary>
public sealed class PayloadSizeTests
{
    private const int Rows = 100_000;

    [Fact]
    public async Task Run_DatasetsOfAHundredThousandRows_SendsSmallMessagesOnly()
    {
        await using var world = await new DriftedWorld().ForkAsync(
            m => m with { Student = m.Student with { Trainer = TaughtTrainer.TrainerName } }, TaughtTrainer.AddTo);
        var champion = (await world.Get<VersionStore>().GetAsync(ImprovementWorld.Agent, (await world.RoutingAsync()).Champion!))!;
        await AppendRowsAsync(world, champion.Dataset!);

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        (await world.ReadAsync<DatasetCard>($"dataset-{outcome.Rounds}.card.json"))!.Rows.ShouldBeGreaterThan(Rows);
        var (largest, bytes, instances) = await world.LargestMessageAsync();
        instances.ShouldBeGreaterThan(5);
        bytes.ShouldBeLessThan(SeamPayload.MaxBytes, largest);
        bytes.ShouldBeLessThan(8 * 1024, $"{largest}: it grows with the data?");
    }

    private static async Task AppendRowsAsync(ImprovementWorld world, string path)
    {
        var store = world.Get<IObjectStore>();
        var text = new StringBuilder(Encoding.UTF8.GetString((await store.ReadAsync(path))!.Bytes.Span));
        for (var i = 0; i < Rows; i++)
        {
            var label = world.Known[i % world.Known.Count];
            text.Append(SftFormat.Write(new DatasetRow([ChatMessage.User($"{label} {i}")], new AgentOutput(label), []))).Append('\n');
        }
        await store.WriteAsync(path, Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>A training service that gives the teacher's model for every job: as good as training gets.</summary>
    private sealed class TaughtTrainer : ITrainer
    {
        public const string TrainerName = "taught";

        public string Name => TrainerName;

        public IReadOnlySet<string> Formats { get; } = new HashSet<string> { "sft" };

        public Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default) => Task.FromResult("job");

        public Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default) =>
            Task.FromResult(new TrainingStatus { State = TrainingState.Succeeded, Model = $"builtin:{SmallManifest.TeacherPath}" });

        public Task CancelAsync(string jobId, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public static void AddTo(Microsoft.Extensions.DependencyInjection.IServiceCollection services) =>
            Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<ITrainer, TaughtTrainer>(services);
    }
}
