using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Paired;

/// <summary>
/// McNemar's exact test: two systems answer the same items right or wrong, and only the items on which they differ tell them apart.
/// McNemar, "Note on the sampling error of the difference between correlated proportions", 1947; exact binomial form.
/// </summary>
public static class McNemar
{
    /// <summary>Exact two-sided p-value of "both are equally often right"; null without an item on which they differ.</summary>
    /// <param name="onlyCandidateRight">Items that the candidate alone answered right.</param>
    /// <param name="onlyChampionRight">Items that the champion alone answered right.</param>
    public static double? TwoSidedPValue(long onlyCandidateRight, long onlyChampionRight) =>
        Binomial.TwoSidedPValue(onlyCandidateRight, Require.Count(onlyCandidateRight) + Require.Count(onlyChampionRight), 0.5);

    /// <summary>Exact one-sided p-value of "the candidate is no better"; small means better. Null without an item on which they differ.</summary>
    public static double? BetterPValue(long onlyCandidateRight, long onlyChampionRight)
    {
        var differing = Require.Count(onlyCandidateRight) + Require.Count(onlyChampionRight);
        return differing == 0 ? null : Binomial.UpperTail(onlyCandidateRight, differing, 0.5);
    }

    /// <summary>Exact one-sided p-value of "the candidate is no worse"; small means worse. Null without an item on which they differ.</summary>
    public static double? WorsePValue(long onlyCandidateRight, long onlyChampionRight) => BetterPValue(onlyChampionRight, onlyCandidateRight);
}
