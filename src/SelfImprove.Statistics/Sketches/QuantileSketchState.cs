namespace SelfImprove.Statistics.Sketches;

/// <summary>
/// All that a <see cref="QuantileSketch"/> knows, for storing as JSON. Bin i of the positive values holds those in (g^(i-1), g^i], g = (1 + error) / (1 -
/// error).
/// </summary>
/// <param name="RelativeError">Guaranteed relative error of quantiles.</param>
/// <param name="MaximumBins">Most bins kept on each side of 0.</param>
/// <param name="Count">Number of values.</param>
/// <param name="Sum">Sum of the values.</param>
/// <param name="Minimum">Least value; 0 while empty.</param>
/// <param name="Maximum">Greatest value; 0 while empty.</param>
/// <param name="Zeros">Number of values too near 0 for a bin.</param>
/// <param name="PositiveBins">Bin numbers of positive values, ascending.</param>
/// <param name="PositiveCounts">Values in each of those bins.</param>
/// <param name="NegativeBins">Bin numbers of negated negative values, ascending.</param>
/// <param name="NegativeCounts">Values in each of those bins.</param>
/// <param name="IsCollapsed">Whether small magnitudes have been merged, so that quantiles among them are no longer within the error.</param>
public sealed record QuantileSketchState(
    double RelativeError,
    int MaximumBins,
    long Count,
    double Sum,
    double Minimum,
    double Maximum,
    long Zeros,
    IReadOnlyList<int> PositiveBins,
    IReadOnlyList<long> PositiveCounts,
    IReadOnlyList<int> NegativeBins,
    IReadOnlyList<long> NegativeCounts,
    bool IsCollapsed);
