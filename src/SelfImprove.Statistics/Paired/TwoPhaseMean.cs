namespace SelfImprove.Statistics.Paired;

/// <summary>A stratum of a sample of which only a part was measured.</summary>
/// <param name="Size">Items of the sample in it.</param>
/// <param name="Measured">Of these, drawn at random and measured.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Variance">The variance within the stratum, estimated; at least 0.</param>
public sealed record MeasuredStratum(int Size, int Measured, double Mean, double Variance);

/// <summary>
/// The mean of a sample whose strata are measured at different rates: "double sampling for stratification" (Cochran, "Sampling Techniques", 3rd edition, 1977,
/// section 12.2; Neyman 1938). Strata are weighted by their share of the sample, so the mean is unbiased whatever the rates.
/// </summary>
public static class TwoPhaseMean
{
    /// <summary>Mean and variance of the mean; null where there are no items, or a stratum with items has none measured.</summary>
    public static (double Mean, double Variance)? Of(IReadOnlyList<MeasuredStratum> strata)
    {
        ArgumentNullException.ThrowIfNull(strata);
        foreach (var stratum in strata)
        {
            Require.Part(stratum.Measured, Require.Count(stratum.Size));
            Require.NonNegative(stratum.Variance);
            Require.Finite(stratum.Mean, nameof(strata));
        }
        var items = strata.Sum(s => s.Size);
        if (items == 0 || strata.Any(s => s is { Size: > 0, Measured: 0 })) return null;
        var present = strata.Where(s => s.Size > 0).Select(s => (Share: s.Size / (double)items, Stratum: s)).ToList();
        var mean = present.Sum(p => p.Share * p.Stratum.Mean);
        // Within: what was not measured of a stratum. Between: the sample's own shares are estimates too.
        var within = present.Sum(p => p.Share * p.Share * p.Stratum.Variance / p.Stratum.Measured);
        var between = present.Sum(p => p.Share * (p.Stratum.Mean - mean) * (p.Stratum.Mean - mean)) / items;
        return (mean, within + between);
    }

    /// <summary>
    /// The variance of a right-or-wrong measure, with one success and one failure added: a few items that are all right don't say that all are (Wilson 1927 in
    /// spirit; Agresti and Coull 1998).
    /// </summary>
    public static double SmoothedVariance(long successes, long trials)
    {
        Require.Part(successes, Require.Count(trials));
        var rate = (successes + 1.0) / (trials + 2.0);
        return rate * (1 - rate);
    }

    /// <summary>
    /// The rates at which two strata are best measured where one is measured wholly: the other's share in [0,1] after Neyman ("On the two different aspects of the
    /// representative method", 1934): in proportion to its spread.
    /// </summary>
    /// <param name="spread">Standard deviation within the stratum that may be measured in part.</param>
    /// <param name="spreadOfWhole">Standard deviation within the one that is measured wholly.</param>
    public static double NeymanShare(double spread, double spreadOfWhole) => spreadOfWhole <= 0 ? 1 : Math.Clamp(spread / spreadOfWhole, 0, 1);
}
