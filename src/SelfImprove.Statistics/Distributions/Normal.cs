namespace SelfImprove.Statistics.Distributions;

/// <summary>
/// The standard normal law. Tails keep their relative precision: they come from the incomplete gamma function (Abramowitz and Stegun 26.2.30, 6.5.16).
/// </summary>
public static class Normal
{
    /// <summary>Density at <paramref name="x"/>.</summary>
    public static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    /// <summary>Share below <paramref name="x"/>; infinities are allowed.</summary>
    public static double Cdf(double x)
    {
        if (double.IsNaN(x)) throw new ArgumentOutOfRangeException(nameof(x), x, "x must be a number.");
        if (double.IsInfinity(x)) return x > 0 ? 1 : 0;
        if (x == 0) return 0.5;
        return x < 0 ? 0.5 * Gamma.Upper(0.5, 0.5 * x * x) : 1 - 0.5 * Gamma.Upper(0.5, 0.5 * x * x);
    }

    /// <summary>Share above <paramref name="x"/>, precise far out where 1 - Cdf would be 0.</summary>
    public static double UpperTail(double x) => Cdf(-x);

    /// <summary>ln of the share below <paramref name="x"/>; finite for every finite x.</summary>
    public static double LogCdf(double x)
    {
        if (x >= 0) return Logs.Log1P(-Cdf(-x));
        return double.IsNegativeInfinity(x) ? x : Gamma.LogUpper(0.5, 0.5 * x * x) - 0.6931471805599453;
    }

    /// <summary>
    /// The value below which a share <paramref name="probability"/>, strictly between 0 and 1, lies: a rational start (Abramowitz and Stegun 26.2.23) and
    /// Halley's steps to full precision.
    /// </summary>
    public static double Quantile(double probability)
    {
        Require.Fraction(probability);
        if (probability == 0.5) return 0;
        var lower = Math.Min(probability, 1 - probability);
        var t = Math.Sqrt(-2 * Math.Log(lower));
        var z = -(t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t));
        for (var i = 0; i < 4; i++)
        {
            var step = (Cdf(z) - lower) / Density(z);
            z -= step / (1 + 0.5 * z * step);
        }
        return probability < 0.5 ? z : -z;
    }
}
