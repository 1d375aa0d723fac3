using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Deployment.Experiments;

/// <summary>
/// The difference of one measure between challenger and champion, folded one request at a time. Each request gives the
/// inverse-propensity score A(y-m)/p - (1-A)(y-m)/(1-p): A tells the arm, p is the challenger's probability at that request, and m is
/// a baseline made of earlier requests alone. Its expectation is the difference whatever p and m were, so neither a ramped share nor a
/// drifting reward biases the mean (Horvitz and Thompson 1952; centring: augmented form with a common regression, Robins,
/// Rotnitzky and Zhao 1994).
/// </summary>
public sealed class MeasureSums : ClusteredSums
{
    /// <summary>The baseline follows the last requests with this weight, once there are as many.</summary>
    private const double BaselineWeight = 1.0 / 200;

    /// <summary>The baseline: a running mean of earlier values; null before the first where none was given.</summary>
    public double? Baseline { get; set; }

    /// <summary>How many values made the baseline.</summary>
    public int BaselineCount { get; set; }

    /// <summary>The champion's values.</summary>
    public ArmSums Champion { get; set; } = new();

    /// <summary>The challenger's values.</summary>
    public ArmSums Challenger { get; set; } = new();

    /// <summary>Folds one request. The first one of a measure without a given baseline only makes the baseline.</summary>
    /// <param name="group">The caller's group, below <see cref="ClusteredSums.Clusters"/>.</param>
    /// <param name="challenger">Its arm.</param>
    /// <param name="share">The challenger's probability.</param>
    /// <param name="value">The measured value.</param>
    internal void Add(int group, bool challenger, double share, double value)
    {
        if (Baseline is { } baseline)
        {
            var inverse = 1 / (challenger ? share : 1 - share);
            (challenger ? Challenger : Champion).Add(value, inverse);
            Score(group, (challenger ? value - baseline : baseline - value) * inverse);
        }
        BaselineCount++;
        var weight = Math.Max(1.0 / (BaselineCount + 1), BaselineWeight);
        Baseline = Baseline is { } before ? before + weight * (value - before) : value;
    }

    /// <summary>The variance of one score: n times the squared standard error of <see cref="ClusteredSums.Difference"/>.</summary>
    /// <param name="pseudoCounts">Whether values are rates in [0,1], to which 4 successes and 4 failures a side are added.</param>
    internal double Variance(bool pseudoCounts)
    {
        if (Count < 2) return 0;
        var total = Spread();
        if (pseudoCounts) total += Champion.PseudoCountSurplus() + Challenger.PseudoCountSurplus();
        return Math.Max(0, total) / Count;
    }

    /// <summary>The difference may be this, at any time, with the sequence's confidence; null with too few requests.</summary>
    internal Statistics.ConfidenceInterval? Interval(AsymptoticConfidenceSequence sequence, bool pseudoCounts) =>
        sequence.TwoSided(Count, Difference, Variance(pseudoCounts));
}
