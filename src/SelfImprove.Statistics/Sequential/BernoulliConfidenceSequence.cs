using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Sequential;

/// <summary>
/// A confidence sequence on a success rate, exact at every sample size: all rates that the two-sided beta-binomial mixture does not refute. Howard et al.
/// 2021, proposition 7 inverted.
/// </summary>
/// <param name="Alpha">Probability that the interval ever misses the rate.</param>
/// <param name="TunedFor">Number of trials at which it is narrowest, above 0.</param>
/// <param name="TunedAlpha">Level for which it is tuned; by default <paramref name="Alpha"/>.</param>
public sealed record BernoulliConfidenceSequence(double Alpha = 0.05, double TunedFor = 1_000, double? TunedAlpha = null)
{
    private const double Edge = 1e-12;

    /// <summary>The interval after <paramref name="trials"/> trials; without trials it is [0, 1].</summary>
    public ConfidenceInterval Interval(long successes, long trials)
    {
        Require.Part(successes, Require.Count(trials));
        if (trials == 0) return new ConfidenceInterval(0, 1);
        var rate = successes / (double)trials;
        var threshold = Math.Log(1 / Require.Fraction(Alpha));
        double Surplus(double p) => LogEvidence(successes, trials, p) - threshold;
        // Evidence against p grows with its distance from the observed rate on either side.
        var lower = successes == 0 || Surplus(Edge) <= 0 ? 0 : Root.Bisect(Surplus, Edge, Math.Min(rate, 1 - Edge));
        var upper = successes == trials || Surplus(1 - Edge) <= 0 ? 1 : Root.Bisect(Surplus, Math.Max(rate, Edge), 1 - Edge);
        return new ConfidenceInterval(lower, upper);
    }

    /// <summary>Anytime-valid p-value of "the rate is <paramref name="rate"/>", strictly between 0 and 1.</summary>
    public double PValue(long successes, long trials, double rate)
    {
        Require.Part(successes, Require.Count(trials));
        return trials == 0 ? 1 : Math.Min(1, Math.Exp(-LogEvidence(successes, trials, Require.Fraction(rate))));
    }

    private double LogEvidence(long successes, long trials, double p)
    {
        var unit = p * (1 - p);
        return new BetaBinomialMixture(Require.Positive(TunedFor) * unit, TunedAlpha ?? Alpha, p, 1 - p, oneSided: false).LogMixture(successes - trials * p,
            trials * unit);
    }
}
