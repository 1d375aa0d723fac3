using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Training;

/// <summary>The input of <see cref="SubmitTraining"/>.</summary>
/// <param name="Train">What to train.</param>
/// <param name="Attempt">From 1: a failed job's successor is another job.</param>
public sealed record SubmitTrainingInput(TrainInput Train, int Attempt);

/// <summary>A job that a trainer has taken.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="JobId">The trainer's id of the job.</param>
/// <param name="Deadline">How long it may take.</param>
/// <param name="Refusal">Why the trainer did not take it; null where it did.</param>
public sealed record SubmittedJob(string Trainer, string JobId, TimeSpan Deadline, TrainingRefusal? Refusal = null);

/// <summary>Why a trainer did not take a job.</summary>
/// <param name="Reason">For a person.</param>
/// <param name="IsTransient">Whether another attempt may succeed.</param>
public sealed record TrainingRefusal(string Reason, bool IsTransient);

/// <summary>
/// Charges the expected price, writes the job down, and submits it, once. The charge is taken back where the job is refused; where no answer is had, the job stays
/// written down (<see cref="OpenJobs"/>), for it may be at work.
/// </summary>
public sealed class SubmitTraining(TrainerCatalog trainers, PinnedManifests manifests, VersionStore versions, SpendBook spend, RunGuard guard, OpenJobs jobs, IObjectStore store)
    : Activity<SubmitTrainingInput, SubmittedJob>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<SubmitTrainingInput, SubmittedJob> Ref = new(nameof(SubmitTraining));

    /// <inheritdoc/>
    public override async Task<SubmittedJob> RunAsync(ActivityContext context, SubmitTrainingInput input, CancellationToken cancellationToken)
    {
        var run = input.Train.Run;
        await guard.EnsureActiveAsync(run, cancellationToken);
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var parent = await versions.GetAsync(run.Agent, input.Train.Parent, cancellationToken)
            ?? throw new InvalidOperationException($"{run.Agent} has no version {input.Train.Parent} to train from.");
        var trainer = trainers.Get(manifest.Student.Trainer);
        // A preference plan's dataset is of pairs, and its card says so.
        var card = await new JsonDocuments(store).ReadAsync<DatasetCard>(run.Path($"dataset-{run.Round}.card.json"), cancellationToken);
        var format = card?.Value is { Format: { } told } written && written.Path == input.Train.Dataset ? told : DatasetFormat.Rows;
        var job = JobOf(input.Train, trainer, format, parent.Model, manifest);
        if (!trainer.Formats.Contains(job.Format))
            return Refused(trainer, manifest,
                $"The dataset is of the format {job.Format}, which {trainer.Name} does not train on; it takes {string.Join(", ", trainer.Formats.Order(StringComparer.Ordinal))}.", false);
        await spend.ChargeAsync(run, manifest.Budget, context.Key, $"training, round {run.Round}", manifest.Student.TrainingPrice, cancellationToken);
        var jobId = trainer.JobIdOf(job, context.Key);
        if (jobId is not null) await jobs.BeginAsync(run, trainer.Name, jobId, cancellationToken);
        try
        {
            return new SubmittedJob(trainer.Name, await trainer.SubmitAsync(job, context.Key, cancellationToken), manifest.Student.Deadline);
        }
        catch (TrainingRefusedException refused)
        {
            await spend.TakeBackAsync(run, context.Key, cancellationToken);
            if (jobId is not null) await jobs.EndAsync(run.Agent, trainer.Name, jobId, cancellationToken);
            return Refused(trainer, manifest, refused.Message, refused.IsTransient);
        }
    }

    private static SubmittedJob Refused(ITrainer trainer, AgentManifest manifest, string why, bool isTransient) =>
        new(trainer.Name, "", manifest.Student.Deadline, new TrainingRefusal(why, isTransient));

    // Examples alone can also go into a prompt. Pairs go beside the rows where a trainer learns from both, else in their place.
    private static TrainingJob JobOf(TrainInput train, ITrainer trainer, string format, string parent, AgentManifest manifest)
    {
        if (format == DatasetFormat.Rows && !trainer.Formats.Contains(format) && trainer.Formats.Contains(DatasetFormat.FewShot)) format = DatasetFormat.FewShot;
        var rows = new TrainingJob(train.Run, train.Dataset, format, parent, manifest.Task, manifest.Student);
        if (train.Pairs is not { } pairs || !trainer.Formats.Contains(DatasetFormat.Pairs)) return rows;
        return trainer.Capabilities.Combines ? rows with { Pairs = pairs } : rows with { Dataset = pairs, Format = DatasetFormat.Pairs };
    }
}
