using SelfImprove.Training;

namespace SelfImprove.Azure.Training.OpenAi;

/// <summary>The words that OpenAI and Azure OpenAI have for where a fine-tuning job stands.</summary>
public static class FineTuningStatus
{
    /// <summary>What a word means. Unknown ones are waited on: they were added later, and the deadline bounds the wait.</summary>
    public static TrainingState StateOf(string? word) => word switch
    {
        "running" => TrainingState.Running,
        "succeeded" => TrainingState.Succeeded,
        "failed" => TrainingState.Failed,
        "cancelled" or "canceled" => TrainingState.Canceled,
        // validating_files, queued, pending, paused, and whatever comes.
        _ => TrainingState.Queued,
    };
}
