using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Paired;

/// <summary>
/// Comparison of two independent proportions at a sample size fixed beforehand. Not to be looked at repeatedly: that is what the confidence sequences are
/// for.
/// </summary>
public static class TwoProportions
{
    /// <summary>
    /// Two-sided p-value of "the rates are equal", pooled z-test; null with an empty side, or where all outcomes are the same, so that no spread is seen.
    /// </summary>
    public static double? PValue(long successesA, long trialsA, long successesB, long trialsB)
    {
        Require.Part(successesA, Require.Count(trialsA));
        Require.Part(successesB, Require.Count(trialsB));
        if (trialsA == 0 || trialsB == 0) return null;
        var pooled = (successesA + successesB) / (double)(trialsA + trialsB);
        var variance = pooled * (1 - pooled) * (1.0 / trialsA + 1.0 / trialsB);
        if (variance == 0) return null;
        var z = (successesB / (double)trialsB - successesA / (double)trialsA) / Math.Sqrt(variance);
        return 2 * Normal.UpperTail(Math.Abs(z));
    }

    /// <summary>
    /// Interval of rate B minus rate A at confidence 1 - <paramref name="alpha"/>, from the two Wilson intervals (Newcombe 1998, method 10); null with an
    /// empty side.
    /// </summary>
    public static ConfidenceInterval? Difference(long successesA, long trialsA, long successesB, long trialsB, double alpha = 0.05)
    {
        if (Wilson.Interval(successesA, trialsA, alpha) is not { } a || Wilson.Interval(successesB, trialsB, alpha) is not { } b) return null;
        var rateA = successesA / (double)trialsA;
        var rateB = successesB / (double)trialsB;
        return new ConfidenceInterval(
            rateB - rateA - Math.Sqrt(Square(rateB - b.Lower) + Square(a.Upper - rateA)),
            rateB - rateA + Math.Sqrt(Square(b.Upper - rateB) + Square(rateA - a.Lower)));
    }

    /// <summary>
    /// One-sided p-value of "rate B is below rate A by <paramref name="margin"/> or more"; small means B is not inferior. Score test with rates estimated
    /// under the hypothesis
    /// (Farrington and Manning 1990). Null with an empty side.
    /// </summary>
    public static double? NonInferiorityPValue(long successesA, long trialsA, long successesB, long trialsB, double margin)
    {
        Require.Part(successesA, Require.Count(trialsA));
        Require.Part(successesB, Require.Count(trialsB));
        Require.Fraction(margin);
        if (trialsA == 0 || trialsB == 0) return null;
        var restricted = RestrictedRateA(successesA, trialsA, successesB, trialsB, margin);
        var other = restricted - margin;
        var variance = restricted * (1 - restricted) / trialsA + other * (1 - other) / trialsB;
        var surplus = successesB / (double)trialsB - successesA / (double)trialsA + margin;
        if (variance <= 1e-15) return surplus > 0 ? 0 : 1;
        return Normal.UpperTail(surplus / Math.Sqrt(variance));
    }

    // The likelihood of (rate, rate - margin) has one maximum: its slope falls throughout, so bisection finds it.
    private static double RestrictedRateA(double sa, double na, double sb, double nb, double margin)
    {
        double Slope(double rate)
        {
            var other = rate - margin;
            return Part(sa, rate) - Part(na - sa, 1 - rate) + Part(sb, other) - Part(nb - sb, 1 - other);
        }

        return Root.Bisect(Slope, margin + 1e-12, 1 - 1e-12);
        static double Part(double count, double rate) => count == 0 ? 0 : count / rate;
    }

    private static double Square(double x) => x * x;
}
