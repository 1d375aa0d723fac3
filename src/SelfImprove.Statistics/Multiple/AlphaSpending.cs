using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Multiple;

/// <summary>How an error budget is given out over rounds.</summary>
public enum SpendingShape
{
    /// <summary>The same for every round.</summary>
    Equal,

    /// <summary>Little at first, most at the end (Lan and DeMets 1983 after O'Brien and Fleming).</summary>
    Late,

    /// <summary>Somewhat more at first (Lan and DeMets 1983 after Pocock).</summary>
    Early,
}

/// <summary>
/// Alpha for each round of evaluation such that all rounds together err with probability at most alpha, by the union bound: valid whatever the correlation of
/// rounds.
/// Lan and DeMets, "Discrete sequential boundaries for clinical trials", 1983, for the shapes.
/// </summary>
public static class AlphaSpending
{
    /// <summary>
    /// The level of round <paramref name="round"/> (from 1) of at most <paramref name="rounds"/>; the levels of all rounds sum to <paramref name="alpha"/>.
    /// </summary>
    public static double Level(double alpha, int round, int rounds, SpendingShape shape = SpendingShape.Equal)
    {
        Require.Fraction(alpha);
        Require.AtLeast(rounds, 1);
        if (round < 1 || round > rounds) throw new ArgumentOutOfRangeException(nameof(round), round, $"round must be between 1 and {rounds}.");
        return Spent(alpha, round / (double)rounds, shape) - Spent(alpha, (round - 1) / (double)rounds, shape);
    }

    /// <summary>
    /// The level of round <paramref name="round"/> (from 1) where the number of rounds is not known: alpha x 6 / (pi round)^2, which sums to alpha over all
    /// rounds.
    /// </summary>
    public static double OpenEnded(double alpha, int round) => Require.Fraction(alpha) * 6 / Math.Pow(Math.PI * Require.AtLeast(round, 1), 2);

    private static double Spent(double alpha, double share, SpendingShape shape) => share <= 0 ? 0 : share >= 1 ? alpha : shape switch
    {
        SpendingShape.Equal => alpha * share,
        SpendingShape.Late => 2 * Normal.UpperTail(Normal.Quantile(1 - alpha / 2) / Math.Sqrt(share)),
        SpendingShape.Early => alpha * Math.Log(1 + (Math.E - 1) * share),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "Unknown shape."),
    };
}
