namespace SelfImprove.Statistics.Agreement;

/// <summary>
/// Agreement of two raters beyond chance: (po - pe) / (1 - pe). Cohen, "A coefficient of agreement for nominal scales", 1960; weighted: Cohen 1968.
/// 1 is full agreement, 0 what chance gives, below 0 worse than chance.
/// </summary>
public static class CohenKappa
{
    /// <summary>
    /// Kappa of two raters' categories of the same items. Null without items, or where both raters use one and the same category alone: chance agreement is
    /// then 1 and nothing can be said.
    /// </summary>
    /// <param name="first">Category of each item by one rater.</param>
    /// <param name="second">Category of each item by the other.</param>
    /// <param name="weights">How disagreements count.</param>
    /// <param name="order">All categories in order, for weights; by default those that occur, sorted. Categories that occur but are not listed are an
    /// error.</param>
    public static double? Compute<T>(IReadOnlyList<T> first, IReadOnlyList<T> second, KappaWeights weights = KappaWeights.None, IReadOnlyList<T>? order = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Require.SameLength(first.Count, second.Count);
        if (first.Count == 0) return null;
        var categories = order ?? [.. first.Concat(second).Distinct().Order()];
        var places = new Dictionary<T, int>();
        for (var i = 0; i < categories.Count; i++)
            if (!places.TryAdd(categories[i], i)) throw new ArgumentException($"The category '{categories[i]}' is listed twice.", nameof(order));
        var k = categories.Count;
        var table = new double[k, k];
        var rows = new double[k];
        var columns = new double[k];
        for (var i = 0; i < first.Count; i++)
        {
            var (row, column) = (Place(first[i]), Place(second[i]));
            table[row, column]++;
            rows[row]++;
            columns[column]++;
        }
        double observed = 0, expected = 0;
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++)
            {
                var weight = Weight(i - j, weights);
                observed += weight * table[i, j];
                expected += weight * rows[i] * columns[j] / first.Count;
            }
        }
        return expected == 0 ? null : 1 - observed / expected;

        int Place(T category) => places.TryGetValue(category, out var place)
            ? place
            : throw new ArgumentException($"The category '{category}' was used but is not among those listed.", nameof(order));
    }

    private static double Weight(int distance, KappaWeights weights) => weights switch
    {
        KappaWeights.None => distance == 0 ? 0 : 1,
        KappaWeights.Linear => Math.Abs(distance),
        KappaWeights.Quadratic => (double)distance * distance,
        _ => throw new ArgumentOutOfRangeException(nameof(weights), weights, "Unknown weights."),
    };
}
