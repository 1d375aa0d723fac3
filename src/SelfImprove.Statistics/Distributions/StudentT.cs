namespace SelfImprove.Statistics.Distributions;

/// <summary>Student's t law, for means of few clusters (Abramowitz and Stegun 26.7.1).</summary>
public static class StudentT
{
    /// <summary>Share below <paramref name="t"/> with <paramref name="degrees"/> (above 0) degrees of freedom.</summary>
    public static double Cdf(double t, double degrees)
    {
        Require.Positive(degrees);
        if (double.IsInfinity(t)) return t > 0 ? 1 : 0;
        var tail = 0.5 * Beta.Cdf(degrees / (degrees + t * t), degrees / 2, 0.5);
        return t < 0 ? tail : 1 - tail;
    }

    /// <summary>The value below which a share <paramref name="probability"/>, strictly between 0 and 1, lies.</summary>
    public static double Quantile(double probability, double degrees)
    {
        Require.Fraction(probability);
        if (probability == 0.5) return 0;
        // Through the beta law of degrees / (degrees + t^2), of which twice the smaller tail is a share.
        var x = Beta.Quantile(2 * Math.Min(probability, 1 - probability), degrees / 2, 0.5);
        var t = Math.Sqrt(degrees * (1 - x) / x);
        return probability < 0.5 ? -t : t;
    }
}
