namespace SelfImprove.Statistics.SampleRatio;

/// <summary>Outcome of a sample-ratio check.</summary>
/// <param name="PValue">Probability of a split at least this odd if assignment works.</param>
/// <param name="Statistic">Chi-square statistic.</param>
/// <param name="IsMismatch">Whether the p-value is below the check's level: the experiment's assignment or logging is broken.</param>
public sealed record SampleRatioResult(double PValue, double Statistic, bool IsMismatch);
