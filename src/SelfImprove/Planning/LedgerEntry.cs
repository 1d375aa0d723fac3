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
    decimal PredictedCostUsd, decimal RealisedCostUsd, string Outcome);
