using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Sequential;

/// <summary>
/// The mixture sequential probability ratio test: the likelihood ratio averaged over a normal law of effects with variance tau^2. It may be looked at after
/// every pair; 1/ratio is an
/// anytime-valid p-value. Johari, Koomen, Pekelis and Walsh, "Peeking at A/B tests", 2017; Robbins 1970. All methods give the logarithm, for the ratio itself
/// overflows.
/// </summary>
public static class MixtureSprt
{
    /// <summary>Two normal arms of <paramref name="n"/> observations each and common variance: ln[sqrt(2s/(2s+n t)) exp(n^2 t D^2 / (4s(2s+n t)))].</summary>
    /// <param name="n">Observations in each arm.</param>
    /// <param name="meanX">Mean of one arm.</param>
    /// <param name="meanY">Mean of the other.</param>
    /// <param name="variance">Variance of one observation (s), above 0.</param>
    /// <param name="tau2">Variance of the effects expected (t), above 0.</param>
    /// <param name="hypothesis">Difference meanY - meanX under the hypothesis.</param>
    public static double LogRatioNormal(long n, double meanX, double meanY, double variance, double tau2, double hypothesis = 0)
    {
        Require.Count(n);
        var s = 2 * Require.Positive(variance);
        var total = s + n * Require.Positive(tau2);
        var d = Require.Finite(meanY) - Require.Finite(meanX) - Require.Finite(hypothesis);
        return 0.5 * Math.Log(s / total) + (double)n * n * tau2 * d * d / (2 * s * total);
    }

    /// <summary>One normal sample of <paramref name="n"/> observations against a mean of <paramref name="hypothesis"/>.</summary>
    public static double LogRatioNormalOneSample(long n, double mean, double variance, double tau2, double hypothesis = 0)
    {
        Require.Count(n);
        var s = Require.Positive(variance);
        var total = s + n * Require.Positive(tau2);
        var d = Require.Finite(mean) - Require.Finite(hypothesis);
        return 0.5 * Math.Log(s / total) + (double)n * n * tau2 * d * d / (2 * s * total);
    }

    /// <summary>
    /// Two arms of 0/1 observations, <paramref name="n"/> each, V = pa(1-pa) + pb(1-pb): ln[sqrt(V/(V+n t)) exp(n^2 t D^2 / (2V(V+n t)))]. Null where V is 0:
    /// no spread has been seen.
    /// </summary>
    public static double? LogRatioBernoulli(long n, double rateA, double rateB, double tau2)
    {
        Require.Count(n);
        Require.Rate(rateA);
        Require.Rate(rateB);
        var v = rateA * (1 - rateA) + rateB * (1 - rateB);
        if (v == 0) return null;
        var total = v + n * Require.Positive(tau2);
        var d = rateB - rateA;
        return 0.5 * Math.Log(v / total) + (double)n * n * tau2 * d * d / (2 * v * total);
    }

    /// <summary>Anytime-valid p-value of a log ratio: pass the greatest one seen so far.</summary>
    public static double PValue(double logRatio) => Math.Min(1, Math.Exp(-logRatio));

    /// <summary>
    /// The tau^2 that is best for a test truncated after <paramref name="truncation"/> observations: s Phi(-b)/(phi(b)/b - Phi(-b)), b = 2
    /// ln(1/alpha)/sqrt(truncation s) (Johari et al. 2017, theorem 2).
    /// </summary>
    public static double BestTau2(double alpha, double variance, double truncation)
    {
        Require.Positive(variance);
        Require.Positive(truncation);
        var b = 2 * Math.Log(1 / Require.Fraction(alpha)) / Math.Sqrt(truncation * variance);
        var tail = Normal.UpperTail(b);
        return variance * tail / (Normal.Density(b) / b - tail);
    }
}
