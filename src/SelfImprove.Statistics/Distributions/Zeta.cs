namespace SelfImprove.Statistics.Distributions;

/// <summary>Riemann's zeta function (Abramowitz and Stegun 23.2).</summary>
internal static class Zeta
{
    /// <summary>Sum of k^-s for s above 1: 20 terms and the Euler-Maclaurin remainder.</summary>
    public static double Of(double s)
    {
        if (!(s > 1) || !double.IsFinite(s)) throw new ArgumentOutOfRangeException(nameof(s), s, "The zeta series needs s above 1.");
        const double n = 20;
        double sum = 0;
        for (var k = 1; k < n; k++) sum += Math.Pow(k, -s);
        var tail = Math.Pow(n, 1 - s) / (s - 1) + 0.5 * Math.Pow(n, -s);
        var term = s * Math.Pow(n, -s - 1);
        tail += term / 12;
        term *= (s + 1) * (s + 2) / (n * n);
        tail -= term / 720;
        term *= (s + 3) * (s + 4) / (n * n);
        return sum + tail + term / 30240;
    }
}
