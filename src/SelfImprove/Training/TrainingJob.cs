using SelfImprove.Agents.Manifests;
using SelfImprove.Runs;

namespace SelfImprove.Training;

/// <summary>What to train.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Dataset">Store path of the dataset (OpenAI chat fine-tuning JSONL).</param>
/// <param name="Format"><c>sft</c> or <c>dpo</c>.</param>
/// <param name="ParentModel">The model reference that the candidate grows from.</param>
/// <param name="Task">What the model is for.</param>
/// <param name="Settings">The manifest's student settings: profile, seed.</param>
public sealed record TrainingJob(RunRef Run, string Dataset, string Format, string ParentModel, TaskSettings Task, StudentSettings Settings)
{
    /// <summary>Store path of preference pairs (JSONL of direct preference optimisation) to learn from beside the dataset; null for none. Only a trainer
    /// that <see cref="TrainerCapabilities.Combines"/> both gets it.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Pairs { get; init; }
}
