using SelfImprove.Runs;

namespace SelfImprove.Training;

/// <summary>The input of <c>TrainCandidate</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Dataset">The dataset's store path.</param>
/// <param name="Parent">The version that the candidate grows from.</param>
public sealed record TrainInput(RunRef Run, string Dataset, string Parent)
{
    /// <summary>Store path of preference pairs to learn from as well; null for none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Pairs { get; init; }
}
