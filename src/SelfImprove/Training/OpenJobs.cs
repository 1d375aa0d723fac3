using System.Security.Cryptography;
using System.Text;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Training;

/// <summary>A job of a training service that may be at work and cost.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="JobId">The trainer's id of the job.</param>
/// <param name="Run">The run that it is for.</param>
/// <param name="Round">The round of the run.</param>
/// <param name="Since">When its submission was begun, or when it was given up.</param>
/// <param name="Refusal">Why it could not be cancelled, though its run follows it no more; null while it is followed.</param>
public sealed record OpenJob(string Trainer, string JobId, string Run, int Round, DateTimeOffset Since, string? Refusal = null);

/// <summary>
/// Jobs that may be at work, kept as <c>training/open/{agent}/{hash}.json</c>: written down before they are submitted, so that one is known whatever becomes of the
/// answer and of the run, and forgotten once they have ended. The janitor cancels those that nobody follows, and goes on trying; meanwhile the agent is not at rest.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="trainers">Cancel them.</param>
/// <param name="clock">Dates them.</param>
public sealed class OpenJobs(IObjectStore store, TrainerCatalog trainers, TimeProvider clock)
{
    /// <summary>For so long after its submission a job may come to light that its service did not know of when it was asked to cancel it.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(15);

    /// <summary>A run that the engine does not know (any more) is given so long before it counts as ended.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private readonly JsonDocuments _documents = new(store);

    /// <summary>Notes a job that is about to be submitted.</summary>
    public Task BeginAsync(RunRef run, string trainer, string jobId, CancellationToken cancellationToken = default) =>
        WriteAsync(run.Agent, new OpenJob(trainer, jobId, run.Run, run.Round, clock.GetUtcNow()), cancellationToken);

    /// <summary>Forgets a job that has ended, or that was never taken.</summary>
    public Task EndAsync(string agent, string trainer, string jobId, CancellationToken cancellationToken = default) =>
        store.DeleteAsync(PathOf(agent, trainer, jobId), cancellationToken: cancellationToken);

    /// <summary>Cancels a job. One that can't be cancelled for a lasting reason stays noted, and the reason is given; null where it was cancelled.</summary>
    /// <exception cref="TransientException">The service can't be reached now; the call may be repeated.</exception>
    public async Task<string?> CancelAsync(RunRef run, string trainer, string jobId, CancellationToken cancellationToken = default)
    {
        var noted = (await _documents.ReadAsync<OpenJob>(PathOf(run.Agent, trainer, jobId), cancellationToken))?.Value;
        try
        {
            await trainers.Get(trainer).CancelAsync(jobId, cancellationToken);
        }
        catch (Exception refused) when (refused is not (TransientException or OperationCanceledException))
        {
            await WriteAsync(run.Agent, new OpenJob(trainer, jobId, run.Run, run.Round, clock.GetUtcNow(), refused.Message), cancellationToken);
            return $"It could not be cancelled: {refused.Message.TrimEnd('.')}. It may still be at work and cost; the runtime goes on trying to cancel it.";
        }
        if (noted is null || IsSettled(noted)) await EndAsync(run.Agent, trainer, jobId, cancellationToken);
        return null;
    }

    /// <summary>An agent's, oldest name first.</summary>
    public async Task<IReadOnlyList<OpenJob>> ListAsync(string agent, CancellationToken cancellationToken = default)
    {
        var jobs = new List<OpenJob>();
        await foreach (var entry in store.ListAsync(FolderOf(agent), cancellationToken: cancellationToken))
            if (await _documents.ReadAsync<OpenJob>(entry.Path, cancellationToken) is { } found) jobs.Add(found.Value);
        return jobs;
    }

    /// <summary>Cancels an agent's that no run follows. What is cancelled, or has ended by itself, is forgotten; the rest is left for the next time.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="hasEnded">Whether a run has ended; null where nobody knows it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task TidyAsync(string agent, Func<string, CancellationToken, Task<bool?>> hasEnded, CancellationToken cancellationToken = default)
    {
        foreach (var job in await ListAsync(agent, cancellationToken))
        {
            if (job.Refusal is null && !(await hasEnded(job.Run, cancellationToken) ?? clock.GetUtcNow() - job.Since >= Forgotten)) continue;
            try
            {
                await trainers.Get(job.Trainer).CancelAsync(job.JobId, cancellationToken);
                if (job.Refusal is not null || IsSettled(job)) await EndAsync(agent, job.Trainer, job.JobId, cancellationToken);
            }
            catch (Exception refused) when (refused is not OperationCanceledException)
            {
                // Still not; the record stays, and so does the agent's mark.
            }
        }
    }

    private bool IsSettled(OpenJob job) => clock.GetUtcNow() - job.Since >= Settling;

    private async Task WriteAsync(string agent, OpenJob job, CancellationToken cancellationToken) =>
        await _documents.WriteAsync(PathOf(agent, job.Trainer, job.JobId), job, cancellationToken: cancellationToken);

    private static string FolderOf(string agent) => $"training/open/{StoragePath.Name(agent, "an agent")}/";

    private static string PathOf(string agent, string trainer, string jobId) =>
        $"{FolderOf(agent)}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{trainer}/{jobId}")).AsSpan(0, 16))}.json";
}
