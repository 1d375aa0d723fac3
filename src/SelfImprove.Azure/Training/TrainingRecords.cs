using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Training;

/// <summary>The records of a target's jobs: <c>training/{target}/{agent}/{name}.json</c>. A job's id is <c>{agent}/{name}</c>.</summary>
internal sealed class TrainingRecords(JsonDocuments documents, TimeProvider clock, string target)
{
    /// <summary>The record of a job, made where there is none yet. Until the service has taken the job, a profile that the host has changed meanwhile
    /// counts.</summary>
    public async Task<TrainingRecord> OpenAsync(TrainingJob job, TrainingProfile profile, string key, CancellationToken cancellationToken)
    {
        var name = JobKey.NameOf(job, key);
        var record = new TrainingRecord { Name = name, Key = key, Job = job, Profile = profile, SubmittedAt = clock.GetUtcNow() };
        return (await documents.UpdateAsync<TrainingRecord>(PathOf(IdOf(record)), found => found switch
        {
            null => record,
            { ServiceJob: null } => found with { Job = job, Profile = profile },
            _ => found,
        }, cancellationToken)).Value;
    }

    public async Task<TrainingRecord?> ReadAsync(string jobId, CancellationToken cancellationToken) =>
        (await documents.ReadAsync<TrainingRecord>(PathOf(jobId), cancellationToken))?.Value;

    public async Task<TrainingRecord> UpdateAsync(TrainingRecord record, Func<TrainingRecord, TrainingRecord> change, CancellationToken cancellationToken) =>
        (await documents.UpdateAsync<TrainingRecord>(PathOf(IdOf(record)), found => change(found ?? record), cancellationToken)).Value;

    /// <summary>Notes that a job was seen on a machine, or to have ended; the first sight counts.</summary>
    public async Task<TrainingRecord> SeenAsync(TrainingRecord record, TrainingState state, CancellationToken cancellationToken)
    {
        var ended = state is TrainingState.Succeeded or TrainingState.Failed or TrainingState.Canceled;
        if ((state != TrainingState.Running || record.StartedAt is not null) && (!ended || record.EndedAt is not null)) return record;
        var now = clock.GetUtcNow();
        return await UpdateAsync(record, r => r with
        {
            // One that was over before it was seen at work is counted from its submission: rather too much than nothing.
            StartedAt = r.StartedAt ?? (state switch { TrainingState.Running => now, TrainingState.Succeeded => r.SubmittedAt, _ => null }),
            EndedAt = r.EndedAt ?? (ended ? now : null),
        }, cancellationToken);
    }

    public static string IdOf(TrainingRecord record) => $"{record.Job.Run.Agent}/{record.Name}";

    public static string IdOf(TrainingJob job, string key) => $"{job.Run.Agent}/{JobKey.NameOf(job, key)}";

    private string PathOf(string jobId) => $"training/{target}/{jobId}.json";
}
