using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.SampleRatio;

/// <summary>
/// A sample-ratio check that may be looked at after every unit: the Bayes factor of "any split" (a Dirichlet law around the configured one) against "the
/// configured split" is a
/// non-negative martingale while assignment works, so by Ville's inequality its inverse is an anytime-valid p-value. Lindon and Malek, "Anytime-valid
/// inference for multinomial count data", 2022, section 3.
/// </summary>
public static class SampleRatioSequence
{
    /// <summary>Anytime-valid p-value of the split seen so far; null without units.</summary>
    /// <param name="observed">Units in each arm.</param>
    /// <param name="shares">Configured shares, each above 0; normalised to sum to 1. They must not have changed during the experiment.</param>
    /// <param name="concentration">Weight of the configured split in the alternative, in units of observations, above 0: larger finds small distortions,
    /// later.</param>
    public static double? PValue(IReadOnlyList<long> observed, IReadOnlyList<double> shares, double concentration = 100)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(shares);
        Require.SameLength(observed.Count, shares.Count);
        Require.AtLeast(observed.Count, 2, "the number of arms");
        Require.Positive(concentration);
        double total = 0, sum = 0;
        for (var i = 0; i < observed.Count; i++)
        {
            total += Require.Count(observed[i], nameof(observed));
            sum += Require.Positive(shares[i], nameof(shares));
        }
        if (total == 0) return null;
        var logFactor = Gamma.Log(concentration) - Gamma.Log(concentration + total);
        for (var i = 0; i < observed.Count; i++)
        {
            var share = shares[i] / sum;
            logFactor += Gamma.Log(concentration * share + observed[i]) - Gamma.Log(concentration * share) - observed[i] * Math.Log(share);
        }
        return Math.Min(1, Math.Exp(-logFactor));
    }

    /// <summary>
    /// The same question under a changing share: anytime-valid p-value from the sum of (assigned to the treatment: 1 or 0) minus (its probability then), and
    /// the sum of p(1-p).
    /// A normal mixture (Robbins 1970) around the martingale's own variance, so it holds asymptotically; null while the variance is below 5.
    /// </summary>
    /// <param name="surplus">Units in the treatment minus the sum of their assignment probabilities.</param>
    /// <param name="variance">Sum of p(1-p) over all units.</param>
    /// <param name="tunedFor">Variance at which the test is sharpest; 250 is 1,000 units at equal shares.</param>
    public static double? PValueOfSurplus(double surplus, double variance, double tunedFor = 250)
    {
        Require.Finite(surplus);
        Require.NonNegative(variance);
        Require.Positive(tunedFor);
        if (variance < 5) return null;
        var logThreshold = 2 * Math.Log(1 / SampleRatioCheck.DefaultLevel);
        var rho = tunedFor / (logThreshold + Math.Log(1 + logThreshold));
        return Math.Min(1, Math.Exp(-(0.5 * Math.Log(rho / (variance + rho)) + surplus * surplus / (2 * (variance + rho)))));
    }
}
