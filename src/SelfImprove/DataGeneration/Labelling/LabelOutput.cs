namespace SelfImprove.DataGeneration.Labelling;

/// <summary>The output of <c>LabelItems</c>.</summary>
/// <param name="Labels">Store path of the answers: one <see cref="LabelledItem"/> a line.</param>
/// <param name="Labelled">How many items got an answer.</param>
/// <param name="CostUsd">What was spent, answers that were refused included.</param>
/// <param name="Shortfall">Why some have none, for a person and the planner; null where all have.</param>
public sealed record LabelOutput(string Labels, int Labelled, decimal CostUsd, string? Shortfall)
{
    /// <summary>Whether the teacher (or a member of it) could not be deployed, so that no model was asked; <see cref="Shortfall"/> says why.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTeacherMissing { get; init; }
}
