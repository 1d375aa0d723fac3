using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.SampleRatio;

/// <summary>
/// Did the traffic split as configured? A mismatch voids an experiment, whatever its result (Fabijan et al., "Diagnosing sample ratio mismatch in online
/// controlled experiments", 2019).
/// The level is far below .05, for the check is made often and a false alarm costs an experiment. Looking at every request calls for
/// <see cref="SampleRatioSequence"/>.
/// </summary>
public static class SampleRatioCheck
{
    /// <summary>Level below which a split counts as broken.</summary>
    public const double DefaultLevel = 0.001;

    /// <summary>Two arms: exact binomial test. Null without units.</summary>
    /// <param name="control">Units assigned to the control: callers' keys, not requests, where keys are assigned.</param>
    /// <param name="treatment">Units assigned to the treatment.</param>
    /// <param name="treatmentShare">Configured share of the treatment, strictly between 0 and 1.</param>
    /// <param name="level">Level of the check.</param>
    public static SampleRatioResult? TwoArms(long control, long treatment, double treatmentShare, double level = DefaultLevel)
    {
        Require.Fraction(treatmentShare);
        Require.Fraction(level);
        var total = Require.Count(control) + Require.Count(treatment);
        if (Binomial.TwoSidedPValue(treatment, total, treatmentShare) is not { } p) return null;
        var expected = total * treatmentShare;
        var statistic = (treatment - expected) * (treatment - expected) / (expected * (1 - treatmentShare));
        return new SampleRatioResult(p, statistic, p < level);
    }

    /// <summary>
    /// Any number of arms: Pearson's chi-square against expected counts. Null where any expected count is below 5: the approximation does not hold there.
    /// </summary>
    /// <param name="observed">Units in each arm.</param>
    /// <param name="expected">Configured shares or expected counts, in any common unit, each above 0; under a changing share, the sum of the assignment
    /// probabilities.</param>
    /// <param name="level">Level of the check.</param>
    public static SampleRatioResult? Arms(IReadOnlyList<long> observed, IReadOnlyList<double> expected, double level = DefaultLevel)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(expected);
        Require.SameLength(observed.Count, expected.Count);
        Require.Fraction(level);
        Require.AtLeast(observed.Count, 2, "the number of arms");
        double total = 0;
        foreach (var count in observed) total += Require.Count(count, nameof(observed));
        double sum = 0;
        foreach (var share in expected) sum += Require.Positive(share, nameof(expected));
        double statistic = 0;
        for (var i = 0; i < observed.Count; i++)
        {
            var mean = total * expected[i] / sum;
            if (mean < 5) return null;
            statistic += (observed[i] - mean) * (observed[i] - mean) / mean;
        }
        var p = ChiSquare.UpperTail(statistic, observed.Count - 1);
        return new SampleRatioResult(p, statistic, p < level);
    }
}
