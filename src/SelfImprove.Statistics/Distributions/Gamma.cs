namespace SelfImprove.Statistics.Distributions;

/// <summary>
/// The gamma function's logarithm and the regularised incomplete gamma functions. Abramowitz and Stegun, chapter 6; accurate to about 1e-14 relative.
/// </summary>
public static class Gamma
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>ln Gamma(x) for x above 0: Stirling's series (6.1.41) from 10 up, the recurrence (6.1.15) below.</summary>
    public static double Log(double x)
    {
        Require.Positive(x);
        if (x >= 10) return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + StirlingCorrection(x);
        var product = 1.0;
        while (x < 10)
        {
            product *= x;
            x++;
        }
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + StirlingCorrection(x) - Math.Log(product);
    }

    /// <summary>Regularised lower incomplete gamma P(shape, x): the share of a Gamma(shape, 1) law below <paramref name="x"/>.</summary>
    public static double Lower(double shape, double x) => Math.Exp(LogLower(shape, x));

    /// <summary>Regularised upper incomplete gamma Q(shape, x) = 1 - P(shape, x), without cancellation.</summary>
    public static double Upper(double shape, double x) => Math.Exp(LogUpper(shape, x));

    /// <summary>ln P(shape, x); minus infinity at x = 0. Finite where P itself would underflow.</summary>
    public static double LogLower(double shape, double x)
    {
        Check(shape, x);
        if (x == 0) return double.NegativeInfinity;
        return x < shape + 1 ? LogSeries(shape, x) : Logs.OneMinusExp(LogFraction(shape, x));
    }

    /// <summary>ln Q(shape, x); 0 at x = 0.</summary>
    public static double LogUpper(double shape, double x)
    {
        Check(shape, x);
        if (x == 0) return 0;
        return x < shape + 1 ? Logs.OneMinusExp(LogSeries(shape, x)) : LogFraction(shape, x);
    }

    /// <summary>ln Gamma(x) minus its Stirling approximation, for x of at least 10 (6.1.41).</summary>
    internal static double StirlingCorrection(double x)
    {
        var z = 1 / (x * x);
        return (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * (691.0 / 360360 - z / 156)))))) / x;
    }

    /// <summary>ln(x^a e^-x / Gamma(a)); for large a in the form that keeps the cancelling terms small.</summary>
    private static double LogPrefix(double a, double x)
    {
        if (a < 10) return a * Math.Log(x) - x - Log(a);
        var u = (x - a) / a;
        return a * (Logs.Log1PMinusX(u)) + 0.5 * Math.Log(a) - HalfLogTwoPi - StirlingCorrection(a);
    }

    // 6.5.29: converges within some sqrt(a) terms where x < a + 1.
    private static double LogSeries(double a, double x)
    {
        var term = 1 / a;
        var sum = term;
        var limit = Limit(a);
        for (var n = 1; n <= limit; n++)
        {
            term *= x / (a + n);
            sum += term;
            if (term < sum * 1e-17) break;
        }
        return Math.Min(0, LogPrefix(a, x) + Math.Log(sum));
    }

    // 6.5.31 by Lentz's method.
    private static double LogFraction(double a, double x)
    {
        const double tiny = 1e-300;
        var b = x + 1 - a;
        var c = 1 / tiny;
        var d = 1 / (b == 0 ? tiny : b);
        var h = d;
        var limit = Limit(a);
        for (var i = 1; i <= limit; i++)
        {
            var an = -i * (i - a);
            b += 2;
            d = an * d + b;
            if (Math.Abs(d) < tiny) d = tiny;
            c = b + an / c;
            if (Math.Abs(c) < tiny) c = tiny;
            d = 1 / d;
            var delta = d * c;
            h *= delta;
            if (Math.Abs(delta - 1) < 1e-16) break;
        }
        return Math.Min(0, LogPrefix(a, x) + Math.Log(h));
    }

    private static int Limit(double a) => (int)Math.Min(5_000_000, 1_000 + 40 * Math.Sqrt(a));

    private static void Check(double shape, double x)
    {
        Require.Positive(shape);
        Require.NonNegative(x);
    }
}
