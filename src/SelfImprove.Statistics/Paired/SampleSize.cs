using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Paired;

/// <summary>
/// How many items a fixed-size comparison of proportions needs, and what it can see. Normal approximations: unpaired as in Fleiss, Levin and Paik (2003,
/// chapter 4),
/// paired as in Connor, "Sample size for testing differences in proportions for the paired-sample design", 1987. <c>alpha</c> is two-sided for differences,
/// one-sided for non-inferiority.
/// </summary>
public static class SampleSize
{
    /// <summary>Items needed on each side to tell rate <paramref name="rateB"/> from <paramref name="rateA"/>; null where they are equal.</summary>
    public static long? Unpaired(double rateA, double rateB, double alpha = 0.05, double power = 0.8)
    {
        Require.Rate(rateA);
        Require.Rate(rateB);
        if (rateA == rateB) return null;
        var (za, zb) = (TwoSided(alpha), Normal.Quantile(Require.Fraction(power)));
        var mean = (rateA + rateB) / 2;
        var root = za * Math.Sqrt(2 * mean * (1 - mean)) + zb * Math.Sqrt(rateA * (1 - rateA) + rateB * (1 - rateB));
        return Up(root * root / Square(rateB - rateA));
    }

    /// <summary>Probability that <paramref name="itemsPerSide"/> items a side tell the two rates apart.</summary>
    public static double UnpairedPower(double rateA, double rateB, long itemsPerSide, double alpha = 0.05)
    {
        Require.Rate(rateA);
        Require.Rate(rateB);
        Require.Count(itemsPerSide);
        var spread = rateA * (1 - rateA) + rateB * (1 - rateB);
        if (itemsPerSide == 0) return 0;
        if (spread == 0) return rateA == rateB ? 0 : 1;
        var mean = (rateA + rateB) / 2;
        var za = TwoSided(alpha);
        return Normal.Cdf((Math.Abs(rateB - rateA) * Math.Sqrt(itemsPerSide) - za * Math.Sqrt(2 * mean * (1 - mean))) / Math.Sqrt(spread));
    }

    /// <summary>
    /// Items needed for McNemar's test to see <paramref name="difference"/> when the two differ on a share <paramref name="discordant"/> of items (at least
    /// |difference|); null at difference 0.
    /// </summary>
    public static long? Paired(double difference, double discordant, double alpha = 0.05, double power = 0.8)
    {
        CheckDiscordant(difference, discordant);
        if (difference == 0) return null;
        var root = TwoSided(alpha) * Math.Sqrt(discordant) + Normal.Quantile(Require.Fraction(power)) * Math.Sqrt(discordant - difference * difference);
        return Up(root * root / (difference * difference));
    }

    /// <summary>Probability that McNemar's test on <paramref name="items"/> items sees <paramref name="difference"/>.</summary>
    public static double PairedPower(double difference, double discordant, long items, double alpha = 0.05)
    {
        CheckDiscordant(difference, discordant);
        Require.Count(items);
        if (items == 0 || difference == 0) return 0;
        var spread = discordant - difference * difference;
        var surplus = Math.Abs(difference) * Math.Sqrt(items) - TwoSided(alpha) * Math.Sqrt(discordant);
        return spread <= 0 ? (surplus >= 0 ? 1 : 0) : Normal.Cdf(surplus / Math.Sqrt(spread));
    }

    /// <summary>
    /// Items needed to show, on paired items, that the candidate is not worse by <paramref name="margin"/>, when it truly differs by
    /// <paramref name="difference"/>; null where that difference is at or below -margin.
    /// </summary>
    public static long? PairedNonInferiority(double margin, double discordant, double difference = 0, double alpha = 0.05, double power = 0.8)
    {
        Require.Fraction(margin);
        CheckDiscordant(difference, discordant);
        if (difference <= -margin) return null;
        var z = Normal.Quantile(1 - Require.Fraction(alpha)) + Normal.Quantile(Require.Fraction(power));
        return Up(z * z * (discordant - difference * difference) / Square(difference + margin));
    }

    /// <summary>Items needed on each side to show that rate B is not below rate A by <paramref name="margin"/>; null where it truly is.</summary>
    public static long? UnpairedNonInferiority(double rateA, double rateB, double margin, double alpha = 0.05, double power = 0.8)
    {
        Require.Rate(rateA);
        Require.Rate(rateB);
        Require.Fraction(margin);
        if (rateB - rateA <= -margin) return null;
        var z = Normal.Quantile(1 - Require.Fraction(alpha)) + Normal.Quantile(Require.Fraction(power));
        return Up(z * z * (rateA * (1 - rateA) + rateB * (1 - rateB)) / Square(rateB - rateA + margin));
    }

    /// <summary>
    /// The smallest fall that McNemar's test sees with <paramref name="power"/> on <paramref name="items"/> items; null where not even a fall on every
    /// differing item would be seen.
    /// </summary>
    /// <param name="discordant">Share of items on which the two differ, in (0, 1].</param>
    /// <param name="items">Number of items.</param>
    /// <param name="alpha">Two-sided level.</param>
    /// <param name="power">Wanted probability of detection.</param>
    public static double? SmallestPairedDifference(double discordant, long items, double alpha = 0.05, double power = 0.8)
    {
        Require.Rate(discordant);
        Require.Fraction(power);
        if (discordant == 0 || PairedPower(discordant, discordant, items, alpha) < power) return null;
        return Root.Bisect(d => PairedPower(d, discordant, items, alpha) - power, 0, discordant);
    }

    /// <summary>
    /// The smallest fall from <paramref name="rate"/> that <paramref name="itemsPerSide"/> independent items a side see with <paramref name="power"/>; null
    /// where not even a fall to 0 would be seen.
    /// </summary>
    public static double? SmallestUnpairedFall(double rate, long itemsPerSide, double alpha = 0.05, double power = 0.8)
    {
        Require.Rate(rate);
        Require.Fraction(power);
        if (rate == 0 || UnpairedPower(rate, 0, itemsPerSide, alpha) < power) return null;
        return Root.Bisect(d => UnpairedPower(rate, rate - d, itemsPerSide, alpha) - power, 0, rate);
    }

    private static void CheckDiscordant(double difference, double discordant)
    {
        Require.Rate(discordant);
        if (!(Math.Abs(difference) <= discordant))
            throw new ArgumentOutOfRangeException(nameof(difference), difference,
                $"The difference cannot exceed the share of items on which the two differ, {discordant}.");
    }

    private static double TwoSided(double alpha) => Normal.Quantile(1 - Require.Fraction(alpha) / 2);
    private static double Square(double x) => x * x;
    private static long Up(double items) => Math.Max(1, (long)Math.Ceiling(items - 1e-9));
}
