namespace SelfImprove.DataGeneration.Filters;

/// <summary>Bounds what any one feedback source gives to a slice, so that none can poison it.</summary>
public static class SourceCap
{
    /// <summary>
    /// How many rows any one capped source may give to a slice: the most k for which no source, cut to k rows, gives more than
    /// <paramref name="share"/> of what is then left. At least 1: a lone reporter is heard, but alone moves little.
    /// </summary>
    /// <param name="cappedSources">How many rows each capped source offers.</param>
    /// <param name="otherRows">Rows of teachers and of people who were asked; those are not capped.</param>
    /// <param name="share">The manifest's <c>data.maxSourceShare</c>, (0,1].</param>
    public static int Of(IReadOnlyCollection<int> cappedSources, int otherRows, double share)
    {
        if (share is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "data.maxSourceShare is above 0 and at most 1.");
        for (var k = cappedSources.DefaultIfEmpty(0).Max(); k > 1; k--)
        {
            var total = otherRows + cappedSources.Sum(c => Math.Min(c, k));
            if (k <= share * total + 1e-9) return k;
        }
        return 1;
    }
}
