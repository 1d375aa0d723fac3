using SelfImprove.Azure.Arm;
using SelfImprove.Training;

namespace SelfImprove.Azure.Training.AzureMl;

/// <summary>The words that Azure Machine Learning has for where a job stands.</summary>
public static class WorkspaceStatus
{
    /// <summary>What a word means. Unknown ones are waited on: they were added later, and the deadline bounds the wait.</summary>
    public static TrainingState StateOf(string? word) => word switch
    {
        "Preparing" or "Running" or "Finalizing" or "CancelRequested" or "NotResponding" => TrainingState.Running,
        "Completed" => TrainingState.Succeeded,
        "Failed" => TrainingState.Failed,
        "Canceled" => TrainingState.Canceled,
        // NotStarted, Starting, Provisioning, Queued, Scheduled, Created, Paused, Unknown, and whatever comes.
        _ => TrainingState.Queued,
    };

    /// <summary>Whether a state is the last one.</summary>
    public static bool HasEnded(this TrainingState state) => state is TrainingState.Succeeded or TrainingState.Failed or TrainingState.Canceled;

    /// <summary>Why a job failed, as far as the job tells: the services' error messages.</summary>
    internal static string? ReasonOf(ArmReply job)
    {
        if (job.Text("properties.error.message") is { } told) return told;
        if (job.Find("properties.services") is not { ValueKind: System.Text.Json.JsonValueKind.Object } services) return null;
        foreach (var service in services.EnumerateObject())
            if (service.Value.ValueKind == System.Text.Json.JsonValueKind.Object && service.Value.TryGetProperty("errorMessage", out var message)
                && message.ValueKind == System.Text.Json.JsonValueKind.String
                && message.GetString() is { Length: > 0 } text) return text;
        return null;
    }
}
