namespace SelfImprove.Statistics.Distributions;

/// <summary>Bracketed root finding.</summary>
internal static class Root
{
    /// <summary>
    /// A root of <paramref name="f"/> between two ends where its signs differ, by bisection: slow, but never wrong. A side with the sign of the start stays
    /// the start.
    /// </summary>
    public static double Bisect(Func<double, double> f, double low, double high, double tolerance = 0)
    {
        var negativeAtLow = f(low) < 0;
        for (var i = 0; i < 300; i++)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high || high - low <= tolerance) break;
            if (f(middle) < 0 == negativeAtLow) low = middle;
            else high = middle;
        }
        return low + (high - low) / 2;
    }

    /// <summary>The minimum of a function with one valley, by golden section.</summary>
    public static double Minimise(Func<double, double> f, double low, double high, int steps = 80)
    {
        const double ratio = 0.6180339887498949;
        var a = high - ratio * (high - low);
        var b = low + ratio * (high - low);
        double fa = f(a), fb = f(b);
        for (var i = 0; i < steps && high - low > 1e-14 * (Math.Abs(low) + Math.Abs(high)); i++)
        {
            if (fa <= fb)
            {
                (high, b, fb) = (b, a, fa);
                a = high - ratio * (high - low);
                fa = f(a);
            }
            else
            {
                (low, a, fa) = (a, b, fb);
                b = low + ratio * (high - low);
                fb = f(b);
            }
        }
        return low + (high - low) / 2;
    }
}
