using System.Text.Json;
using SelfImprove.Azure.Arm;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Training.OpenAi;

/// <summary>
/// Fine-tuning jobs of Azure OpenAI, OpenAI or a compatible server. The service chooses a job's id, so a job is looked for before it is made: by its metadata,
/// or by its file, whose name holds the idempotency key's hash. A file that the service is still reading is waited for by later looks, not here.
/// </summary>
internal sealed class FineTuningTrainer(
    FineTuningSettings settings, FineTuningService service, TrainingRecords records, IntentJournal journal, IObjectStore store, TimeProvider clock) : ITrainer
{
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    public string Name => "openai";

    public IReadOnlySet<string> Formats { get; } = new HashSet<string>(StringComparer.Ordinal) { "sft", "dpo" };

    public TrainerCapabilities Capabilities => new(Tools: true, Images: settings.Profiles.Values.Any(p => p.Images));

    public string? JobIdOf(TrainingJob job, string idempotencyKey) => TrainingRecords.IdOf(job, idempotencyKey);

    public async Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default)
    {
        var profile = ProfileChoice.Of(Name, settings.Profiles, job, Formats);
        var record = await records.OpenAsync(job, profile, idempotencyKey, cancellationToken);
        try
        {
            await AdvanceAsync(record, cancellationToken);
        }
        catch (FineTuningRefusedException refused)
        {
            // Where it was sent and not answered, and now the right to look is gone, there may be a job. It is followed as one, and the deadline ends that.
            if (refused.Kind != ArmErrorKind.Denied || (await records.ReadAsync(TrainingRecords.IdOf(record), cancellationToken))?.SentAt is null)
                throw new TrainingRefusedException($"The training job was not taken. {refused.Message}", refused.Kind == ArmErrorKind.Capacity, refused);
        }
        return TrainingRecords.IdOf(record);
    }

    public async Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default)
    {
        if (await records.ReadAsync(jobId, cancellationToken) is not { } record) return ProfileChoice.Unknown(jobId);
        try
        {
            if (record.ServiceJob is null)
            {
                if (record.IsCancelled) return Of(record, TrainingState.Canceled, null) with { Reason = "The training job was cancelled before it began." };
                record = await AdvanceAsync(record, cancellationToken);
                if (record.ServiceJob is null) return Of(record, TrainingState.Queued, null);
            }
            return await service.JobAsync(record.ServiceJob, cancellationToken) is { } job ? await StatusAsync(record, job, cancellationToken)
                : Vanished(record);
        }
        catch (Exception away) when (away is TransientException or FineTuningRefusedException { Kind: ArmErrorKind.Denied })
        {
            // Nothing is known of the job, and it may well be at work: a failure here would only train, and pay, again. A right that was taken away may be given
            // back; the deadline ends the wait.
            return Of(record, record.StartedAt is null ? TrainingState.Queued : TrainingState.Running, null) with { Reason = away.Message };
        }
        catch (FineTuningRefusedException refused) when (record.ServiceJob is null)
        {
            return Of(record, TrainingState.Failed, null) with { Reason = $"The training job was not taken. {refused.Message}",
                IsTransient = refused.Kind == ArmErrorKind.Capacity };
        }
    }

    public async Task CancelAsync(string jobId, CancellationToken cancellationToken = default)
    {
        if (await records.ReadAsync(jobId, cancellationToken) is not { } record) return;
        record = await records.UpdateAsync(record, r => r.IsCancelled ? r : r with { IsCancelled = true }, cancellationToken);
        // One whose submission was cut off may have been made all the same.
        var id = record.ServiceJob ?? (record.File is null ? null : FineTuningService.Text(await FindAsync(record, record.File, cancellationToken), "id"));
        if (id is null) return;
        try
        {
            await service.CancelAsync(id, cancellationToken);
        }
        catch (FineTuningRefusedException)
        {
            // One that has ended can't be cancelled: what was wanted. One that has not is reported.
            if (await service.JobAsync(id, cancellationToken) is { } job && !Ended(job)) throw;
        }
    }

    /// <summary>Uploads the file, waits for nothing, and makes the job once the service has read the file; each step once, whoever takes it.</summary>
    private async Task<TrainingRecord> AdvanceAsync(TrainingRecord record, CancellationToken cancellationToken)
    {
        if (record.ServiceJob is not null) return record;
        if (record.File is null)
        {
            var id = await journal.RunOnceAsync($"{record.Key}/file", Claim, stop => UploadAsync(record, stop), cancellationToken);
            record = await records.UpdateAsync(record, r => r with { File = id }, cancellationToken);
        }
        var file = await service.GetFileAsync(record.File!, cancellationToken);
        switch (FineTuningService.Text(file, "status"))
        {
            case "error" or "failed":
                var why = FineTuningService.Text(file, "status_details") ?? "it does not say why";
                throw new FineTuningRefusedException($"{settings.Url.Host} can't read the dataset: {why}", ArmErrorKind.Invalid);
            case "pending" or "uploading" or "running" or "notRunning":
                return record;
        }
        var made = await journal.RunOnceAsync($"{record.Key}/job", Claim, async stop =>
            FineTuningService.Text(await FindAsync(record, record.File!, stop), "id")
                ?? await CreateAsync(record, stop), cancellationToken);
        return await records.UpdateAsync(record, r => r with { ServiceJob = made }, cancellationToken);
    }

    private async Task<string> CreateAsync(TrainingRecord record, CancellationToken cancellationToken)
    {
        await records.UpdateAsync(record, r => r with { SentAt = clock.GetUtcNow() }, cancellationToken);
        try
        {
            return await service.CreateJobAsync(FineTuningBody.Of(record, record.File!, settings.Metadata), cancellationToken);
        }
        catch (FineTuningRefusedException)
        {
            await records.UpdateAsync(record, r => r with { SentAt = null }, cancellationToken);
            throw;
        }
    }

    private async Task<string> UploadAsync(TrainingRecord record, CancellationToken cancellationToken)
    {
        // What the manifest may not set is refused before anything is uploaded.
        FineTuningBody.Of(record, "", settings.Metadata);
        var file = new DatasetFile(store, record.Job.Dataset);
        var (content, length) = await file.MeasureAsync(record.Profile, record.Job.Format, cancellationToken);
        var name = $"si-{JobKey.HashOf(record.Key)}-{content}.jsonl";
        return FineTuningService.Text(await service.FileAsync(name, cancellationToken), "id")
            ?? await service.UploadAsync(new DatasetUpload(file, name, length), cancellationToken);
    }

    private Task<JsonElement?> FindAsync(TrainingRecord record, string file, CancellationToken cancellationToken)
    {
        var hash = JobKey.HashOf(record.Key);
        return service.FindJobAsync(
            job => FineTuningService.Text(job, "training_file") == file
                || (job.TryGetProperty("metadata", out var metadata) && FineTuningService.Text(metadata, FineTuningBody.Key) == hash),
            record.SubmittedAt - ClockSkew, cancellationToken);
    }

    private async Task<TrainingStatus> StatusAsync(TrainingRecord record, JsonElement job, CancellationToken cancellationToken)
    {
        var state = FineTuningStatus.StateOf(FineTuningService.Text(job, "status"));
        var model = FineTuningService.Text(job, "fine_tuned_model");
        // The model's name comes a moment after the success, now and then.
        if (state == TrainingState.Succeeded && model is null) state = TrainingState.Running;
        record = await records.SeenAsync(record, state, cancellationToken);
        var link = new Uri(settings.Url, $"fine_tuning/jobs/{record.ServiceJob}").AbsoluteUri;
        var status = Of(record, state, job) with { Links = new Dictionary<string, string> { ["job"] = link } };
        return state switch
        {
            TrainingState.Succeeded => status with { Model = $"openai:{settings.Endpoint}/{model}",
                Metrics = await MetricsAsync(record, job, cancellationToken) },
            TrainingState.Failed => await FailureAsync(record, job, status, cancellationToken),
            TrainingState.Canceled => status with
            {
                Reason = record.IsCancelled ? $"The training job {record.ServiceJob} was cancelled."
                    : $"The training job {record.ServiceJob} was cancelled at {settings.Url.Host}, not by this runtime.",
            },
            _ => status,
        };
    }

    private async Task<TrainingStatus> FailureAsync(TrainingRecord record, JsonElement job, TrainingStatus status, CancellationToken cancellationToken)
    {
        var error = job.TryGetProperty("error", out var told) ? told : default;
        var reason = FineTuningService.Text(error, "message");
        if (reason is null)
        {
            var events = await service.EventsAsync(record.ServiceJob!, cancellationToken);
            reason = events.Where(e => FineTuningService.Text(e, "level") == "error").Select(e => FineTuningService.Text(e, "message")).FirstOrDefault();
        }
        var kind = ArmError.KindOf(200, FineTuningService.Text(error, "code") ?? "", reason ?? "", []);
        return status with
        {
            Reason = $"The training job {record.ServiceJob} failed: {reason ?? "the service does not say why"}",
            IsTransient = kind == ArmErrorKind.Capacity || FineTuningService.Text(error, "code") is "internal_error" or "server_error",
        };
    }

    /// <summary>The numbers of the last checkpoint, where the service has checkpoints.</summary>
    private async Task<IReadOnlyDictionary<string, double>> MetricsAsync(TrainingRecord record, JsonElement job, CancellationToken cancellationToken)
    {
        var metrics = new Dictionary<string, double>();
        if (Tokens(job) is { } tokens) metrics["trained_tokens"] = tokens;
        try
        {
            var checkpoints = await service.CheckpointsAsync(record.ServiceJob!, cancellationToken);
            if (checkpoints.FirstOrDefault() is { ValueKind: JsonValueKind.Object } last && last.TryGetProperty("metrics", out var found)
                && found.ValueKind == JsonValueKind.Object)
                foreach (var member in found.EnumerateObject())
                    if (member.Value.ValueKind == JsonValueKind.Number) metrics[member.Name] = member.Value.GetDouble();
        }
        catch (Exception unread) when (unread is TransientException or FineTuningRefusedException)
        {
            // A model without its numbers is still a model; evaluation measures it anyway.
        }
        return metrics;
    }

    // For a while after its submission a job may only not be visible everywhere yet.
    private TrainingStatus Vanished(TrainingRecord record) => clock.GetUtcNow() - record.SubmittedAt < Settling
        ? Of(record, record.StartedAt is null ? TrainingState.Queued : TrainingState.Running, null) : Of(record, TrainingState.Failed, null) with
    {
        Reason = $"{settings.Url.Host} knows no fine-tuning job {record.ServiceJob} any more: it was deleted, or it expired. It is submitted again as another job.",
        IsTransient = true,
    };

    private TrainingStatus Of(TrainingRecord record, TrainingState state, JsonElement? job)
    {
        var now = clock.GetUtcNow();
        var tokens = job is { } found && Tokens(found) is { } trained ? Math.Round(trained * record.Profile.PricePerMillionTokens / 1_000_000m, 6) : 0;
        return new TrainingStatus { State = state, CostUsd = record.CostAt(now) + tokens, DurationSeconds = record.DurationAt(now).TotalSeconds };
    }

    private static long? Tokens(JsonElement job) => job.TryGetProperty("trained_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Number
        ? tokens.GetInt64() : null;

    private static bool Ended(JsonElement job) =>
        FineTuningStatus.StateOf(FineTuningService.Text(job, "status")) is TrainingState.Succeeded or TrainingState.Failed or TrainingState.Canceled;
}
