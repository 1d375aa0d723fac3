using System.Text.Json.Serialization;

namespace SelfImprove.Planning;

/// <summary>What a run promised and what it kept.</summary>
/// <param name="Run">The run.</param>
/// <param name="At">When it ended.</param>
/// <param name="Plan">The last round's plan, in words; empty where none was made.</param>
/// <param name="Rows">New rows it trained on.</param>
/// <param name="PredictedGain">Gain in quality predicted when it was chosen.</param>
/// <param name="RealisedGain">Gain measured by the evaluation, paired; null where it was not evaluated.</param>
/// <param name="OnlineGain">Gain in reward measured by the A/B test; null where there was none.</param>
/// <param name="PredictedCostUsd">Cost predicted.</param>
/// <param name="RealisedCostUsd">Cost charged.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record LedgerEntry(
    string Run, DateTimeOffset At, string Plan, int Rows, double PredictedGain, double? RealisedGain, double? OnlineGain,
    decimal PredictedCostUsd, decimal RealisedCostUsd, string Outcome)
{
    /// <summary>Rows that the champion was trained on; null where it has no dataset.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ChampionRows { get; init; }

    /// <summary>The champion's error on the items of the evaluation, [0,1]; null where it was not evaluated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ChampionError { get; init; }

    /// <summary>Items that the realised gain was measured on; null where it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Items { get; init; }

    /// <summary>Standard deviation of the predicted gain, as it will be measured on those items; null where unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PredictedSd { get; init; }
}
