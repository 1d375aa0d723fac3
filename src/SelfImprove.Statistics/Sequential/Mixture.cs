using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Sequential;

/// <summary>
/// A mixture supermartingale of a deviation s and its intrinsic time v: exp(LogMixture(s, v)) is a bet that cannot be expected to grow while the hypothesis
/// holds, so it ever exceeds
/// 1/alpha with probability at most alpha (Ville's inequality). Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
/// sequences", 2021.
/// </summary>
public abstract record Mixture
{
    /// <summary>Log of the mixture at deviation <paramref name="s"/> and intrinsic time <paramref name="v"/> (at least 0); rises with s from 0 up.</summary>
    public abstract double LogMixture(double s, double v);

    /// <summary>
    /// The deviation that is ever reached with probability at most <paramref name="alpha"/>, at intrinsic time <paramref name="v"/> (above 0).
    /// </summary>
    public virtual double Bound(double v, double alpha)
    {
        Require.Positive(v);
        var threshold = Math.Log(1 / Require.Fraction(alpha));
        var limit = LargestDeviation(v);
        var high = Math.Min(Math.Max(1, v), limit);
        while (LogMixture(high, v) < threshold)
        {
            if (high >= limit) return limit; // no possible deviation is proof at this point: the bound is the largest possible one
            high = Math.Min(2 * high, limit);
        }
        return Root.Bisect(s => LogMixture(s, v) - threshold, 0, high);
    }

    /// <summary>Anytime-valid p-value of the deviation seen.</summary>
    public double PValue(double s, double v) => Math.Min(1, Math.Exp(-LogMixture(s, v)));

    /// <summary>The largest deviation that is possible at <paramref name="v"/>.</summary>
    protected virtual double LargestDeviation(double v) => double.PositiveInfinity;

    /// <summary>
    /// The mixing precision that makes the two-sided normal bound smallest at <paramref name="v"/> (Proposition 3 of the paper, with the usual approximation
    /// of Lambert's W):
    /// v / (2 ln(1/alpha) + ln(1 + 2 ln(1/alpha))).
    /// </summary>
    public static double BestRho(double v, double alpha)
    {
        Require.Positive(v);
        var level = 2 * Math.Log(1 / Require.Fraction(alpha));
        return v / (level + Math.Log(1 + level));
    }

    /// <summary>The same for one-sided bounds: that of twice the level, which must stay below 1.</summary>
    public static double BestRhoOneSided(double v, double alpha) => alpha < 0.5
        ? BestRho(v, 2 * alpha)
        : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "A one-sided bound is tuned for a level below 0.5.");
}
