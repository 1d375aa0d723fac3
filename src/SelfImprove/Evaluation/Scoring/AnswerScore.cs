using System.Text.Json.Serialization;

namespace SelfImprove.Evaluation.Scoring;

/// <summary>How one version answered one item.</summary>
/// <param name="Score">How good the answer is, [0,1]; 0 where it declined.</param>
/// <param name="Decision">What it decided.</param>
/// <param name="Refused">Whether it declined to answer.</param>
/// <param name="Outside">Why the answer is none the agent may give (a label or tool outside the manifest); null where it is one.</param>
/// <param name="PersonalData">Whether it holds personal data that the input does not.</param>
/// <param name="LatencyMs">How long it took, in ms.</param>
/// <param name="CostUsd">What it cost.</param>
public sealed record AnswerScore(double Score, string Decision, bool Refused, string? Outside, bool PersonalData, double LatencyMs, decimal CostUsd)
{
    /// <summary>Whether it holds a credential that the input does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Secret { get; init; }
}
