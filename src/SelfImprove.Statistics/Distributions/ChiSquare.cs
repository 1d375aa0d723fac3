namespace SelfImprove.Statistics.Distributions;

/// <summary>The chi-square law (Abramowitz and Stegun 26.4).</summary>
public static class ChiSquare
{
    /// <summary>Share above <paramref name="statistic"/> (at least 0) with <paramref name="degrees"/> (above 0) degrees of freedom: a test's p-value.</summary>
    public static double UpperTail(double statistic, double degrees) => Gamma.Upper(degrees / 2, statistic / 2);

    /// <summary>Share below <paramref name="statistic"/>.</summary>
    public static double Cdf(double statistic, double degrees) => Gamma.Lower(degrees / 2, statistic / 2);
}
