namespace SelfImprove.Statistics.Distributions;

/// <summary>The beta function's logarithm, the incomplete beta function and the Beta law. NIST DLMF 8.17; accurate to about 1e-13 relative.</summary>
public static class Beta
{
    /// <summary>ln B(a, b), both above 0. For large arguments by Stirling corrections, so that nothing cancels (DLMF 5.12, 5.11).</summary>
    public static double LogFunction(double a, double b)
    {
        Require.Positive(a);
        Require.Positive(b);
        var p = Math.Min(a, b);
        var q = Math.Max(a, b);
        if (q < 10) return Gamma.Log(p) + Gamma.Log(q) - Gamma.Log(p + q);
        var correction = Gamma.StirlingCorrection(q) - Gamma.StirlingCorrection(p + q);
        var logShare = Logs.Log1P(-p / (p + q));
        if (p < 10) return Gamma.Log(p) + correction + p - p * Math.Log(p + q) + (q - 0.5) * logShare;
        return -0.5 * Math.Log(q) + 0.91893853320467274178 + Gamma.StirlingCorrection(p) + correction + (p - 0.5) * Math.Log(p / (p + q)) + q * logShare;
    }

    /// <summary>
    /// The share of a Beta(a, b) law below <paramref name="x"/>: the regularised incomplete beta function I_x(a, b). <paramref name="x"/> outside [0, 1]
    /// gives 0 or 1.
    /// </summary>
    public static double Cdf(double x, double a, double b) => Math.Exp(LogCdf(x, a, b));

    /// <summary>ln I_x(a, b), finite where I_x underflows; minus infinity at 0.</summary>
    public static double LogCdf(double x, double a, double b)
    {
        Require.Positive(a);
        Require.Positive(b);
        if (double.IsNaN(x)) throw new ArgumentOutOfRangeException(nameof(x), x, "x must be a number.");
        if (x <= 0) return double.NegativeInfinity;
        if (x >= 1) return 0;
        var logPrefix = a * Math.Log(x) + b * Logs.Log1P(-x) - LogFunction(a, b);
        return x < (a + 1) / (a + b + 2)
            ? Math.Min(0, logPrefix + Math.Log(Fraction(x, a, b) / a))
            : Logs.OneMinusExp(Math.Min(0, logPrefix + Math.Log(Fraction(1 - x, b, a) / b)));
    }

    /// <summary>The value below which a share <paramref name="probability"/> in [0, 1] of a Beta(a, b) law lies, by bisection to full precision.</summary>
    public static double Quantile(double probability, double a, double b)
    {
        Require.Rate(probability);
        Require.Positive(a);
        Require.Positive(b);
        if (probability is 0 or 1) return probability;
        double low = 0, high = 1;
        for (var i = 0; i < 200; i++)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            if (Cdf(middle, a, b) < probability) low = middle;
            else high = middle;
        }
        return low + (high - low) / 2;
    }

    // DLMF 8.17.22 by Lentz's method; converges within some sqrt(max(a, b)) terms on the side that LogCdf chooses.
    private static double Fraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        var c = 1.0;
        var d = 1 - (a + b) * x / (a + 1);
        if (Math.Abs(d) < tiny) d = tiny;
        d = 1 / d;
        var h = d;
        var limit = 1_000 + 40 * Math.Sqrt(Math.Max(a, b));
        for (var m = 1; m <= limit; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 + even * d;
            if (Math.Abs(d) < tiny) d = tiny;
            c = 1 + even / c;
            if (Math.Abs(c) < tiny) c = tiny;
            d = 1 / d;
            h *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 + odd * d;
            if (Math.Abs(d) < tiny) d = tiny;
            c = 1 + odd / c;
            if (Math.Abs(c) < tiny) c = tiny;
            d = 1 / d;
            var delta = d * c;
            h *= delta;
            if (Math.Abs(delta - 1) < 1e-16) break;
        }
        return h;
    }
}
