using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Training.Builtin;

/// <summary>
/// Trains the built-in student in this process, in seconds. A job is a record in the store, written once under a name that
/// derives from the idempotency key; training is deterministic, so a job that two executions work on at once comes out the
/// same, and the first record counts.
/// </summary>
/// <param name="store">Where datasets, models and job records are.</param>
/// <param name="clock">Times the work.</param>
/// <param name="threads">Threads of a fit; as many as there are cores where null.</param>
public sealed class BuiltinTrainer(IObjectStore store, TimeProvider clock, TrainingThreads? threads = null) : ITrainer
{
    private readonly StudentSettings _settings = StudentSettings.Default with { MaxThreads = threads?.Most };

    /// <inheritdoc/>
    public string Name => "builtin";

    /// <inheritdoc/>
    public IReadOnlySet<string> Formats { get; } = new HashSet<string>(StringComparer.Ordinal) { DatasetFormat.Rows, DatasetFormat.Pairs };

    /// <inheritdoc/>
    public TrainerCapabilities Capabilities { get; } = TrainerCapabilities.Text with { Combines = true };

    /// <inheritdoc/>
    public async Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)))[..16];
        var jobId = $"{job.Run.Agent}/{name}";
        if (await store.ReadAsync(RecordPath(jobId), cancellationToken: cancellationToken) is not null) return jobId;
        var status = await TrainAsync(job, name, cancellationToken);
        await store.WriteAsync(RecordPath(jobId), JsonSerializer.SerializeToUtf8Bytes(status, SeamJson.Indented), WriteCondition.IfAbsent, cancellationToken);
        return jobId;
    }

    /// <inheritdoc/>
    public async Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default) =>
        await store.ReadAsync(RecordPath(jobId), cancellationToken: cancellationToken) is { } record
            ? JsonSerializer.Deserialize<TrainingStatus>(record.Bytes.Span, SeamJson.Options)!
            : new TrainingStatus { State = TrainingState.Failed, Reason = $"There is no record of training job {jobId}; it will be submitted again.", IsTransient = true };

    /// <inheritdoc/>
    public Task CancelAsync(string jobId, CancellationToken cancellationToken = default) => Task.CompletedTask;

    private static Dictionary<string, double> MetricsOf(int rows, int pairs, StudentModel model)
    {
        var metrics = new Dictionary<string, double> { ["rows"] = rows, ["classes"] = model.Classes.Count, ["bytes"] = model.FileLength };
        if (pairs > 0) metrics["pairs"] = pairs;
        return metrics;
    }

    private static string RecordPath(string jobId) => $"training/{jobId}.json";

    private async Task<TrainingStatus> TrainAsync(TrainingJob job, string name, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        if (job.Format != DatasetFormat.Rows)
            return new TrainingStatus
            {
                State = TrainingState.Failed,
                Reason = $"The built-in student learns from rows, with pairs beside them; a job of format '{job.Format}' alone was asked for.",
            };
        var examples = new List<TextExample>();
        await foreach (var row in DatasetReader.ReadExamplesAsync(store, job.Dataset, job.Task, cancellationToken)) examples.Add(new TextExample(row.Text, row.Decision, row.Weight));
        var pairs = new List<TextPair>();
        if (job.Pairs is { } told)
            await foreach (var pair in PreferencePairReader.ReadExamplesAsync(store, told, job.Task, cancellationToken)) pairs.Add(new TextPair(pair.Text, pair.Preferred, pair.NonPreferred));
        var preference = job.Settings.Hyperparameters.Beta is { } beta ? PairSettings.Default with { Beta = beta } : PairSettings.Default;
        StudentModel model;
        try
        {
            model = await Task.Run(
                () => pairs.Count == 0
                    ? StudentTrainer.Train(examples, _settings, job.Settings.Seed, cancellationToken)
                    : StudentTrainer.Train(examples, pairs, _settings, preference, job.Settings.Seed, cancellationToken),
                cancellationToken);
        }
        catch (ArgumentException wrong)
        {
            return new TrainingStatus { State = TrainingState.Failed, Reason = $"The dataset {job.Dataset} can't be trained on: {wrong.Message}" };
        }
        var path = $"agents/{job.Run.Agent}/models/{name}.model";
        await store.WriteAsync(path, model.ToBytes(), cancellationToken: cancellationToken);
        return new TrainingStatus
        {
            State = TrainingState.Succeeded,
            Model = $"builtin:{path}",
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(model.ToBytes())),
            CostUsd = job.Settings.TrainingPrice,
            DurationSeconds = clock.GetElapsedTime(started).TotalSeconds,
            Metrics = MetricsOf(examples.Count, pairs.Count, model),
        };
    }
}
