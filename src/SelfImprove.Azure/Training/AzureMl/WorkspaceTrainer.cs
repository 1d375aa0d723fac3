using System.Text.Json;
using System.Text.Json.Nodes;
using SelfImprove.Azure.Arm;
using SelfImprove.Orchestration;
using SelfImprove.Training;

namespace SelfImprove.Azure.Training.AzureMl;

/// <summary>
/// Trains in an Azure Machine Learning workspace. A job's name derives from the idempotency key, so that a repeated submission finds the job already made;
/// nothing here waits, and a service that does not answer is waited for, as a job at work is.
/// </summary>
internal sealed class WorkspaceTrainer(
    IJobKind kind, IReadOnlyDictionary<string, TrainingProfile> profiles, Workspace workspace, TrainingRecords records, TimeProvider clock) : ITrainer
{
    /// <summary>For this long after its submission a job that Azure does not know may only not be visible everywhere yet.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);

    public string Name => kind.Target;

    public IReadOnlySet<string> Formats => kind.Formats;

    public TrainerCapabilities Capabilities => new(Tools: true, Images: profiles.Values.Any(p => p.Images));

    public string? JobIdOf(TrainingJob job, string idempotencyKey) => TrainingRecords.IdOf(job, idempotencyKey);

    public async Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default)
    {
        var profile = ProfileChoice.Of(Name, profiles, job, Formats);
        var record = await records.OpenAsync(job, profile, idempotencyKey, cancellationToken);
        try
        {
            if (await workspace.JobAsync(record.Name, cancellationToken) is null) await SendAsync(record, await BodyAsync(record, cancellationToken), cancellationToken);
            await records.UpdateAsync(record, r => r.ServiceJob is null ? r with { ServiceJob = r.Name } : r, cancellationToken);
        }
        catch (ArmException denied) when (denied.Error.Kind == ArmErrorKind.Denied && record.SentAt is not null)
        {
            // It was sent before and not answered, and now the right to look is gone: there may be a job. It is followed as one, and the deadline ends that.
        }
        catch (ArmException refused)
        {
            throw new TrainingRefusedException($"Azure Machine Learning did not take the training job. {refused.ForPeople}", inner: refused);
        }
        catch (TransientException busy) when (busy.InnerException is ArmException { Error.Kind: ArmErrorKind.Capacity } full)
        {
            throw new TrainingRefusedException($"Azure Machine Learning has no machine for the training job. {full.ForPeople}", isTransient: true, full);
        }
        return TrainingRecords.IdOf(record);
    }

    public async Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default)
    {
        if (await records.ReadAsync(jobId, cancellationToken) is not { } record) return ProfileChoice.Unknown(jobId);
        try
        {
            return await workspace.JobAsync(record.Name, cancellationToken) is { } job ? await StatusAsync(record, job, cancellationToken) : Vanished(record);
        }
        catch (Exception away) when (away is TransientException or ArmException { Error.Kind: ArmErrorKind.Denied })
        {
            // Nothing is known of the job, and it may well be at work: a failure here would only train, and pay, again. A right that was taken away may be given
            // back; the deadline ends the wait.
            return Running(record, record.StartedAt is null ? TrainingState.Queued : TrainingState.Running) with { Reason = away.Message };
        }
    }

    public async Task CancelAsync(string jobId, CancellationToken cancellationToken = default)
    {
        if (await records.ReadAsync(jobId, cancellationToken) is not { } record) return;
        await records.UpdateAsync(record, r => r.IsCancelled ? r : r with { IsCancelled = true }, cancellationToken);
        await workspace.CancelAsync(record.Name, cancellationToken);
    }

    private async Task SendAsync(TrainingRecord record, JsonObject body, CancellationToken cancellationToken)
    {
        await records.UpdateAsync(record, r => r with { SentAt = clock.GetUtcNow() }, cancellationToken);
        try
        {
            await workspace.SubmitAsync(record, body, cancellationToken);
        }
        catch (Exception refused) when (refused is ArmException or { InnerException: ArmException { Error.Kind: ArmErrorKind.Capacity or ArmErrorKind.Throttled } })
        {
            await records.UpdateAsync(record, r => r with { SentAt = null }, cancellationToken);
            throw;
        }
    }

    private async Task<JsonObject> BodyAsync(TrainingRecord record, CancellationToken cancellationToken)
    {
        var run = record.Job.Run;
        var data = await workspace.DatasetAsync(record.Job, record.Profile, cancellationToken);
        var properties = await kind.PropertiesAsync(record, data, cancellationToken);
        properties["experimentName"] = $"selfimprove-{run.Agent}";
        properties["displayName"] = $"{run.Run}, round {run.Round}";
        properties["tags"] = new JsonObject
        {
            ["selfimprove.agent"] = run.Agent, ["selfimprove.run"] = run.Run, ["selfimprove.key"] = record.Key, ["selfimprove.profile"] = record.Profile.Name,
        };
        return new JsonObject { ["properties"] = properties };
    }

    private async Task<TrainingStatus> StatusAsync(TrainingRecord record, ArmReply job, CancellationToken cancellationToken)
    {
        var state = WorkspaceStatus.StateOf(job.Text("properties.status"));
        record = await records.SeenAsync(record, state, cancellationToken);
        var status = Running(record, state) with { Links = Links(job) };
        switch (state)
        {
            case TrainingState.Succeeded:
                var model = await workspace.RegisterAsync(record, kind.Output, kind.ModelType, cancellationToken);
                return status with { Model = $"azureml:{model}", Metrics = await MetricsAsync(record, cancellationToken) };
            case TrainingState.Failed:
                var told = WorkspaceStatus.ReasonOf(job);
                var logs = status.Links.GetValueOrDefault("studio", "ml.azure.com");
                return status with
                {
                    Reason = $"The training job {record.Name} failed: {told?.TrimEnd('.') ?? "Azure does not say why"}. Its logs are at {logs}.",
                    IsTransient = ArmError.KindOf(200, "", told ?? "", []) == ArmErrorKind.Capacity,
                };
            case TrainingState.Canceled:
                var by = record.IsCancelled ? "" : $" in Azure, by a person or the service; see {status.Links.GetValueOrDefault("studio", "ml.azure.com")}";
                return status with { Reason = $"The training job {record.Name} was cancelled{by}." };
            default:
                return status;
        }
    }

    private TrainingStatus Running(TrainingRecord record, TrainingState state) => new()
    {
        State = state,
        CostUsd = record.CostAt(clock.GetUtcNow()),
        DurationSeconds = record.DurationAt(clock.GetUtcNow()).TotalSeconds,
    };

    private TrainingStatus Vanished(TrainingRecord record) => clock.GetUtcNow() - record.SubmittedAt < Settling
        ? Running(record, TrainingState.Queued)
        : Running(record, TrainingState.Failed) with
        {
            Reason = $"Azure knows no training job {record.Name} any more: it was deleted, or it expired. It is submitted again as another job.",
            IsTransient = true,
        };

    private static Dictionary<string, string> Links(ArmReply job)
    {
        var links = new Dictionary<string, string>();
        if (job.Text("properties.services.Studio.endpoint") is { } studio) links["studio"] = studio;
        if (job.Text("properties.services.Tracking.endpoint") is { } tracking) links["metrics"] = tracking;
        return links;
    }

    /// <summary>The numbers of the script's <c>metrics.json</c>; none where it wrote none.</summary>
    private async Task<IReadOnlyDictionary<string, double>> MetricsAsync(TrainingRecord record, CancellationToken cancellationToken)
    {
        var metrics = new Dictionary<string, double>();
        try
        {
            if (await workspace.OutputFileAsync(record, "metrics.json", cancellationToken) is not { } bytes) return metrics;
            using var document = JsonDocument.Parse(bytes);
            foreach (var member in document.RootElement.EnumerateObject())
                if (member.Value.ValueKind == JsonValueKind.Number) metrics[member.Name] = member.Value.GetDouble();
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException or ArmException or TransientException)
        {
            // A model without its numbers is still a model; evaluation measures it anyway.
        }
        return metrics;
    }
}
