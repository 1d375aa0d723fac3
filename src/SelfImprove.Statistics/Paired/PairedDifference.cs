namespace SelfImprove.Statistics.Paired;

/// <summary>The mean of candidate minus champion over the same items, with its uncertainty.</summary>
/// <param name="Items">Number of items, or of clusters where items were clustered.</param>
/// <param name="Difference">Mean difference; above 0 the candidate is better.</param>
/// <param name="Interval">Confidence interval of the difference.</param>
/// <param name="ShareNotBetter">Share of the resamples whose difference is at most 0; a one-sided p-value in spirit, not exactly.</param>
public sealed record PairedDifference(int Items, double Difference, ConfidenceInterval Interval, double ShareNotBetter);
