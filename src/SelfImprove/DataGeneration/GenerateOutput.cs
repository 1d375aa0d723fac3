namespace SelfImprove.DataGeneration;

/// <summary>The output of <c>GenerateData</c>.</summary>
/// <param name="Dataset">The dataset's store path; null where too little came together to train on.</param>
/// <param name="Card">The card's store path; null likewise.</param>
/// <param name="NewRows">New rows after filtering.</param>
/// <param name="CostUsd">What was spent.</param>
/// <param name="Shortfall">For a person and the planner: why there is less than planned; null where there is not.</param>
public sealed record GenerateOutput(string? Dataset, string? Card, int NewRows, decimal CostUsd, string? Shortfall)
{
    /// <summary>Store path of the labels asked for in this round; null where none were.</summary>
    public string? Labels { get; init; }

    /// <summary>Store path of the preference pairs to learn from beside the dataset; null for none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Pairs { get; init; }

    /// <summary>Store paths of the labels of waves before that.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Waves { get; init; }

    /// <summary>Whether the plan's teacher could not be had: then nothing else was tried, and the plan goes back to planning.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTeacherMissing { get; init; }
}
