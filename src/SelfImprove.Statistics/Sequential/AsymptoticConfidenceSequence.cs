using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Sequential;

/// <summary>
/// A confidence sequence on a mean: its intervals cover the mean at all sample sizes at once, so it may be looked at after every observation and stopped at
/// will.
/// Asymptotic normal mixture, Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences", 2021:
/// Theorem 2.2 (two-sided) and Proposition B.1's one-sided form. Not for the first few observations, hence <see cref="MinimumObservations"/>.
/// </summary>
/// <param name="Alpha">Probability that the interval ever misses the mean, in (0, 1).</param>
/// <param name="TunedFor">Number of observations (units, where clustered) at which the interval is narrowest; any value is valid.</param>
/// <param name="MinimumObservations">Fewer observations than this give no answer.</param>
public sealed record AsymptoticConfidenceSequence(double Alpha = 0.05, double TunedFor = 5_000, long MinimumObservations = 30)
{
    /// <summary>
    /// The two-sided interval of a mean; null while there are too few observations or their variance is 0 (no spread seen is no proof of none: for rates, use
    /// <see cref="PseudoCountVariance"/>, which is never 0).
    /// </summary>
    /// <param name="observations">Number of independent observations: of keys, where observations of one key are correlated.</param>
    /// <param name="mean">Their mean.</param>
    /// <param name="variance">Variance of one observation, at least 0: <paramref name="observations"/> times the squared standard error of the mean.</param>
    public ConfidenceInterval? TwoSided(long observations, double mean, double variance)
    {
        Require.Finite(mean);
        return HalfWidth(observations, variance, oneSided: false) is { } half ? new ConfidenceInterval(mean - half, mean + half) : null;
    }

    /// <summary>One-sided: the mean is at least this, at all times, with confidence 1 - alpha. Null as for <see cref="TwoSided"/>.</summary>
    public double? Lower(long observations, double mean, double variance) =>
        HalfWidth(observations, variance, oneSided: true) is { } half ? Require.Finite(mean) - half : null;

    /// <summary>One-sided: the mean is at most this, at all times, with confidence 1 - alpha. Null as for <see cref="TwoSided"/>.</summary>
    public double? Upper(long observations, double mean, double variance) =>
        HalfWidth(observations, variance, oneSided: true) is { } half ? Require.Finite(mean) + half : null;

    /// <summary>Distance of the interval's end from the mean; null as for <see cref="TwoSided"/>.</summary>
    public double? HalfWidth(long observations, double variance, bool oneSided)
    {
        Require.Count(observations);
        Require.NonNegative(variance);
        if (observations < Math.Max(1, MinimumObservations) || variance == 0) return null;
        var alpha = Require.Fraction(Alpha);
        var n = observations;
        var rho2 = Rho2(oneSided);
        var inflated = n * rho2 + 1;
        var log = oneSided ? Logs.Log1P(Math.Sqrt(inflated) / (2 * alpha)) : Math.Log(Math.Sqrt(inflated) / alpha);
        return Math.Sqrt(variance * 2 * inflated * log / (n * (double)n * rho2));
    }

    /// <summary>
    /// Anytime-valid p-value of "the mean is <paramref name="hypothesis"/>" (two-sided), or of "the mean is at most it" (one-sided, where
    /// <paramref name="oneSided"/>). Null as for <see cref="TwoSided"/>.
    /// </summary>
    public double? PValue(long observations, double mean, double variance, double hypothesis = 0, bool oneSided = false)
    {
        Require.Count(observations);
        Require.NonNegative(variance);
        if (observations < Math.Max(1, MinimumObservations) || variance == 0) return null;
        var rho2 = Rho2(oneSided);
        var inflated = observations * rho2 + 1;
        var distance = Require.Finite(mean) - Require.Finite(hypothesis);
        if (oneSided && distance <= 0) return 1;
        var exponent = distance * distance / variance * observations * observations * rho2 / (2 * inflated);
        return Math.Min(1, oneSided ? Math.Sqrt(inflated) / (2 * Logs.ExpM1(exponent)) : Math.Sqrt(inflated) * Math.Exp(-exponent));
    }

    /// <summary>
    /// Variance of one 0/1 observation from counts plus 4 successes and 4 failures: at rates near 0 or 1 the raw variance is too small at first, and the
    /// interval with it
    /// (Agresti and Coull 1998 add two of each).
    /// </summary>
    public static double PseudoCountVariance(long successes, long trials)
    {
        Require.Part(successes, Require.Count(trials));
        var rate = (successes + 4.0) / (trials + 8.0);
        return rate * (1 - rate);
    }

    // The mixture's precision that makes the interval narrowest at TunedFor observations (their appendix B.4); one-sided at twice the level.
    private double Rho2(bool oneSided)
    {
        var level = -2 * Math.Log(oneSided ? Math.Min(0.99, 2 * Require.Fraction(Alpha)) : Require.Fraction(Alpha));
        return (level + Math.Log(level + 1)) / Require.Positive(TunedFor);
    }
}
