using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Sequential;

/// <summary>Closed-form time-uniform bounds that grow at the rate of the law of the iterated logarithm.</summary>
public static class StitchedBounds
{
    /// <summary>
    /// Polynomial stitched bound on a sub-gamma deviation at intrinsic time <paramref name="v"/>: ever crossed with probability at most
    /// <paramref name="alpha"/>. Howard et al. 2021,
    /// theorem 1 with h(k) = (k + 1)^s zeta(s), equations 8 and 10.
    /// </summary>
    /// <param name="v">Intrinsic time, at least 0; below <paramref name="vMin"/> it counts as that.</param>
    /// <param name="alpha">Level, in (0, 1).</param>
    /// <param name="vMin">Intrinsic time from which the bound is meant to be tight, above 0.</param>
    /// <param name="c">Sub-gamma scale; 0 is sub-Gaussian, below 0 is lighter-tailed.</param>
    /// <param name="s">Decay of the error over epochs, above 1.</param>
    /// <param name="eta">Geometric spacing of epochs, above 1.</param>
    public static double Polynomial(double v, double alpha, double vMin, double c = 0, double s = 1.4, double eta = 2)
    {
        Require.NonNegative(v);
        Require.Fraction(alpha);
        Require.Positive(vMin);
        Require.Finite(c);
        if (!(eta > 1) || !double.IsFinite(eta)) throw new ArgumentOutOfRangeException(nameof(eta), eta, "eta must be above 1.");
        var time = Math.Max(v, vMin);
        var k1 = (Math.Pow(eta, 0.25) + Math.Pow(eta, -0.25)) / Math.Sqrt(2);
        var k2 = (Math.Sqrt(eta) + 1) / 2;
        var ell = s * Math.Log(Math.Log(eta * time / vMin)) + Math.Log(Zeta.Of(s) / (alpha * Math.Pow(Math.Log(eta), s)));
        var linear = k2 * c * ell;
        return Math.Sqrt(k1 * k1 * time * ell + linear * linear) + linear;
    }

    /// <summary>
    /// Bound on the largest distance of an empirical distribution function from the true one, at all sizes from <paramref name="tMin"/> up: A sqrt((ln(1 +
    /// ln(t/tMin)) + C)/t), C such
    /// that the error is alpha. Howard and Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm identification", 2022,
    /// theorem 2.
    /// Null below <paramref name="tMin"/>: nothing is promised there.
    /// </summary>
    /// <param name="t">Sample size.</param>
    /// <param name="alpha">Level, in (0, 1).</param>
    /// <param name="tMin">Smallest size covered, at least 1.</param>
    /// <param name="a">Leading factor, above sqrt(1/2); smaller is tighter for very large samples.</param>
    public static double? EmpiricalProcess(double t, double alpha, double tMin, double a = 0.85)
    {
        Require.Positive(t);
        Require.Fraction(alpha);
        if (!(tMin >= 1)) throw new ArgumentOutOfRangeException(nameof(tMin), tMin, "tMin must be at least 1.");
        if (!(a > Math.Sqrt(0.5)) || !double.IsFinite(a)) throw new ArgumentOutOfRangeException(nameof(a), a, "A must be above the square root of 1/2.");
        if (t < tMin) return null;
        var c = Root.Bisect(offset => LogError(a, offset) - Math.Log(alpha), 1e-3, 1e4, 1e-11);
        return a * Math.Sqrt((Math.Log(1 + Math.Log(t / tMin)) + c) / t);
    }

    // ln of the error of (A, C): the infimum over epoch spacings eta in (1, 2A^2) with gamma > 1 of 4 exp(-gamma^2 C) (1 + 1 / ((gamma^2 - 1) ln eta)), one
    // valley.
    private static double LogError(double a, double c)
    {
        double At(double eta)
        {
            var gamma = Math.Sqrt(2 / eta) * (a - Math.Sqrt(2 * (eta - 1) / c));
            return gamma <= 1 ? double.PositiveInfinity : Math.Log(4) - gamma * gamma * c + Math.Log(1 + 1 / ((gamma * gamma - 1) * Math.Log(eta)));
        }

        // Where gamma falls to 1 the error is infinite: find that end first, so that the valley is all there is.
        double low = 1 + 1e-12, high = 2 * a * a;
        if (double.IsInfinity(At(low))) return double.PositiveInfinity;
        double inside = low, outside = high;
        for (var i = 0; i < 100; i++)
        {
            var middle = (inside + outside) / 2;
            if (double.IsInfinity(At(middle))) outside = middle;
            else inside = middle;
        }
        return At(Root.Minimise(At, low, inside, 200));
    }
}
