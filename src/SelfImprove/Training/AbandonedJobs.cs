using System.Security.Cryptography;
using System.Text;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Training;

/// <summary>A job that should be at rest and could not be cancelled: its service refused, so it may still be at work and cost.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="JobId">The trainer's id of the job.</param>
/// <param name="Run">The run that made it.</param>
/// <param name="Round">The round of the run.</param>
/// <param name="Since">When it was given up.</param>
/// <param name="Reason">Why it could not be cancelled.</param>
public sealed record AbandonedJob(string Trainer, string JobId, string Run, int Round, DateTimeOffset Since, string Reason);

/// <summary>
/// Jobs that could not be cancelled, kept as <c>training/abandoned/{agent}/{hash}.json</c>. The janitor goes on trying for as long as they are there; meanwhile the
/// agent is not at rest.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="trainers">Cancel them.</param>
/// <param name="clock">Dates them.</param>
public sealed class AbandonedJobs(IObjectStore store, TrainerCatalog trainers, TimeProvider clock)
{
    /// <summary>Cancels a job. One that can't be cancelled for a lasting reason is recorded, and the reason given; null where it was cancelled.</summary>
    /// <exception cref="TransientException">The service can't be reached now; the call may be repeated.</exception>
    public async Task<string?> CancelAsync(RunRef run, string trainer, string jobId, CancellationToken cancellationToken = default)
    {
        try
        {
            await trainers.Get(trainer).CancelAsync(jobId, cancellationToken);
            return null;
        }
        catch (Exception refused) when (refused is not (TransientException or OperationCanceledException))
        {
            var job = new AbandonedJob(trainer, jobId, run.Run, run.Round, clock.GetUtcNow(), refused.Message);
            await new JsonDocuments(store).WriteAsync(PathOf(run.Agent, job), job, cancellationToken: cancellationToken);
            return $"It could not be cancelled: {refused.Message.TrimEnd('.')}. It may still be at work and cost; the runtime goes on trying to cancel it.";
        }
    }

    /// <summary>An agent's, oldest name first.</summary>
    public async Task<IReadOnlyList<AbandonedJob>> ListAsync(string agent, CancellationToken cancellationToken = default)
    {
        var (jobs, documents) = (new List<AbandonedJob>(), new JsonDocuments(store));
        await foreach (var entry in store.ListAsync(FolderOf(agent), cancellationToken: cancellationToken))
            if (await documents.ReadAsync<AbandonedJob>(entry.Path, cancellationToken) is { } found) jobs.Add(found.Value);
        return jobs;
    }

    /// <summary>Tries again to cancel an agent's. What is cancelled, or has ended by itself, is forgotten; the rest is left for the next time.</summary>
    public async Task TidyAsync(string agent, CancellationToken cancellationToken = default)
    {
        foreach (var job in await ListAsync(agent, cancellationToken))
        {
            try
            {
                await trainers.Get(job.Trainer).CancelAsync(job.JobId, cancellationToken);
                await store.DeleteAsync(PathOf(agent, job), cancellationToken: cancellationToken);
            }
            catch (Exception refused) when (refused is not OperationCanceledException)
            {
                // Still not; the record stays, and so does the agent's mark.
            }
        }
    }

    private static string FolderOf(string agent) => $"training/abandoned/{StoragePath.Name(agent, "an agent")}/";

    private static string PathOf(string agent, AbandonedJob job) =>
        $"{FolderOf(agent)}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{job.Trainer}/{job.JobId}")).AsSpan(0, 16))}.json";
}
