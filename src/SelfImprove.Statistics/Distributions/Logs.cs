namespace SelfImprove.Statistics.Distributions;

/// <summary>Logarithms that keep their digits near 0 and 1; the BCL has no log1p or expm1.</summary>
internal static class Logs
{
    /// <summary>ln(1 + x): Kahan's correction of the rounding of 1 + x.</summary>
    public static double Log1P(double x)
    {
        var u = 1 + x;
        if (u == 1) return x;
        if (double.IsInfinity(u)) return u;
        return Math.Log(u) * (x / (u - 1));
    }

    /// <summary>e^x - 1: Kahan's correction.</summary>
    public static double ExpM1(double x)
    {
        if (Math.Abs(x) < 1e-5) return x * (1 + x / 2 * (1 + x / 3));
        if (x < -0.5 || x > 0.5) return Math.Exp(x) - 1;
        var u = Math.Exp(x);
        return (u - 1) * x / Math.Log(u);
    }

    /// <summary>ln(1 - e^x) for x of at most 0.</summary>
    public static double OneMinusExp(double x) =>
        x >= 0 ? double.NegativeInfinity : x > -0.6931471805599453 ? Math.Log(-ExpM1(x)) : Log1P(-Math.Exp(x));

    /// <summary>ln(e^x + e^y).</summary>
    public static double AddExp(double x, double y)
    {
        if (double.IsNegativeInfinity(x)) return y;
        if (double.IsNegativeInfinity(y)) return x;
        return x > y ? x + Log1P(Math.Exp(y - x)) : y + Log1P(Math.Exp(x - y));
    }

    /// <summary>ln(1 + x) - x, by its series where the two would cancel.</summary>
    public static double Log1PMinusX(double x)
    {
        if (x is < -0.3 or > 0.3) return Log1P(x) - x;
        var power = x;
        var sum = 0.0;
        for (var k = 2; k < 60; k++)
        {
            power *= -x;
            var term = power / k;
            sum += term;
            if (Math.Abs(term) < 1e-18 * Math.Abs(sum)) break;
        }
        return sum;
    }
}
