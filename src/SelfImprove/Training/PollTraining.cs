using SelfImprove.Agents.Manifests;
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

/// <summary>
/// Asks where a job stands; cancels it where its time is up, the run was cancelled, or what it has cost by now exceeds a budget. What it costs beyond the
/// expected price is charged as it grows.
/// </summary>
public sealed class PollTraining(TrainerCatalog trainers, PinnedManifests manifests, SpendBook spend, RunGuard guard, OpenJobs jobs)
    : Activity<PollTrainingInput, TrainingStatus>
{
    private const int Steps = 20, MostSteps = 1000;
    private const decimal SmallestStep = 0.01m;

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
            await CancelAsync(input, cancellationToken);
            throw;
        }
        var status = await trainer.GetAsync(input.JobId, cancellationToken);
        var exceeded = await ChargeAsync(input, status, cancellationToken);
        if (status.HasEnded)
        {
            await jobs.EndAsync(input.Run.Agent, input.Trainer, input.JobId, cancellationToken);
            return status;
        }
        if (exceeded is not null)
        {
            return await CancelAsync(input, cancellationToken) is { } atWork
                ? Abandoned(status, $"Training job {input.JobId} was to be cancelled: {exceeded} {atWork}")
                : status with { State = TrainingState.Canceled, Reason = $"Training job {input.JobId} was cancelled: {exceeded}" };
        }
        if (!input.Cancel) return status;
        return await CancelAsync(input, cancellationToken) is { } stillAtWork
            ? Abandoned(status, $"Training job {input.JobId} was to be cancelled at its deadline. {stillAtWork}")
            : status with { State = TrainingState.Canceled, Reason = $"Training job {input.JobId} was cancelled at its deadline; raise student.deadline or train on less." };
    }

    private Task<string?> CancelAsync(PollTrainingInput input, CancellationToken cancellationToken) =>
        jobs.CancelAsync(input.Run, input.Trainer, input.JobId, cancellationToken);

    // What was last heard of the job says why it could not be followed.
    private static TrainingStatus Abandoned(TrainingStatus status, string reason) =>
        status with { State = TrainingState.Canceled, Reason = status.Reason is { } last ? $"{reason} Last heard: {last}" : reason };

    /// <summary>Charges what the job has cost beyond the expected price in steps, each once; gives the budget that forbids the next one.</summary>
    private async Task<string?> ChargeAsync(PollTrainingInput input, TrainingStatus status, CancellationToken cancellationToken)
    {
        if (status.CostUsd <= 0) return null;
        var manifest = await manifests.GetAsync(input.Run, cancellationToken);
        var over = status.CostUsd - manifest.Student.TrainingPrice;
        if (over <= 0) return null;
        var step = Math.Max(manifest.Budget.PerRun / Steps, SmallestStep);
        var steps = (int)Math.Min(Math.Floor(over / step), MostSteps);
        var what = $"training, round {input.Run.Round}, job {input.JobId}";
        for (var n = 1; n <= steps; n++)
        {
            try
            {
                await spend.ChargeAsync(input.Run, manifest.Budget, $"{input.Trainer}/{input.JobId}/{n}", what, step, cancellationToken);
            }
            catch (BudgetExceededException exceeded)
            {
                // What is spent is spent: the book says so, and the job goes no further.
                await spend.RecordAsync(input.Run, $"{input.Trainer}/{input.JobId}/over", what, over - (n - 1) * step, cancellationToken);
                return exceeded.Message;
            }
        }
        if ((status.HasEnded || input.Cancel) && over > steps * step)
            await spend.RecordAsync(input.Run, $"{input.Trainer}/{input.JobId}/end", what, over - steps * step, cancellationToken);
        return null;
    }
}
