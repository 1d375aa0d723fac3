using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Training;

/// <summary>The input of <see cref="PollTraining"/>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="JobId">Its id of the job.</param>
/// <param name="Cancel">Whether the job's time is up.</param>
public sealed record PollTrainingInput(RunRef Run, string Trainer, string JobId, bool Cancel);

/// <summary>Asks where a job stands; cancels it first where its time is up or the run was cancelled.</summary>
public sealed class PollTraining(TrainerCatalog trainers, RunGuard guard) : Activity<PollTrainingInput, TrainingStatus>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<PollTrainingInput, TrainingStatus> Ref = new(nameof(PollTraining));

    /// <inheritdoc/>
    public override async Task<TrainingStatus> RunAsync(ActivityContext context, PollTrainingInput input, CancellationToken cancellationToken)
    {
        var trainer = trainers.Get(input.Trainer);
        try
        {
            await guard.EnsureActiveAsync(input.Run, cancellationToken);
        }
        catch (Exception ended) when (ended is RunEndedException or LeaseLostException)
        {
            await trainer.CancelAsync(input.JobId, cancellationToken);
            throw;
        }
        var status = await trainer.GetAsync(input.JobId, cancellationToken);
        if (!input.Cancel || status.HasEnded) return status;
        await trainer.CancelAsync(input.JobId, cancellationToken);
        return status with { State = TrainingState.Canceled, Reason = $"Training job {input.JobId} was cancelled at its deadline; raise student.deadline or train on less." };
    }
}
