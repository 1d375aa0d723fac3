namespace SelfImprove.Statistics.Agreement;

/// <summary>
/// Agreement of any number of raters, gaps allowed: 1 - Do/De. Krippendorff, "Content Analysis", 4th edition 2018, chapter 12; "Computing Krippendorff's
/// alpha-reliability", 2011.
/// </summary>
public static class KrippendorffAlpha
{
    /// <summary>
    /// Alpha of ratings[rater][unit]; null or NaN is a gap. Null where no unit has two ratings, or all paired ratings are one and the same value: nothing can
    /// then be said.
    /// </summary>
    public static double? Compute(IReadOnlyList<IReadOnlyList<double?>> ratings, AlphaMetric metric = AlphaMetric.Nominal)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        if (ratings.Count == 0) return null;
        foreach (var row in ratings) Require.SameLength(ratings[0].Count, row.Count);
        var units = Enumerable.Range(0, ratings[0].Count)
            .Select(unit => ratings.Select(row => row[unit]).Where(value => value is { } v && !double.IsNaN(v)).Select(value => value!.Value).ToArray())
            .Where(values => values.Length >= 2)
            .ToArray();
        if (units.Length == 0) return null;
        var domain = units.SelectMany(values => values).Distinct().Order().ToArray();
        var places = domain.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        if (metric == AlphaMetric.Ratio && domain[0] < 0)
            throw new ArgumentOutOfRangeException(nameof(ratings), domain[0], "Values of ratio level are at least 0.");

        var coincidences = new double[domain.Length, domain.Length];
        var totals = new double[domain.Length];
        foreach (var values in units)
        {
            for (var i = 0; i < values.Length; i++)
                for (var j = 0; j < values.Length; j++)
                    if (i != j) coincidences[places[values[i]], places[values[j]]] += 1.0 / (values.Length - 1);
            foreach (var value in values) totals[places[value]]++;
        }
        double observed = 0, expected = 0, all = totals.Sum();
        for (var i = 0; i < domain.Length; i++)
        {
            for (var j = 0; j < domain.Length; j++)
            {
                var distance = Distance(i, j, domain, totals, metric);
                observed += coincidences[i, j] * distance;
                expected += totals[i] * totals[j] / (all - 1) * distance;
            }
        }
        return expected == 0 ? null : 1 - observed / expected;
    }

    private static double Distance(int i, int j, double[] domain, double[] totals, AlphaMetric metric)
    {
        if (i == j) return 0;
        switch (metric)
        {
            case AlphaMetric.Nominal:
                return 1;
            case AlphaMetric.Ordinal:
                var between = 0.0;
                for (var k = Math.Min(i, j); k <= Math.Max(i, j); k++) between += totals[k];
                between -= (totals[i] + totals[j]) / 2;
                return between * between;
            case AlphaMetric.Interval:
                return (domain[i] - domain[j]) * (domain[i] - domain[j]);
            case AlphaMetric.Ratio:
                var relative = (domain[i] - domain[j]) / (domain[i] + domain[j]);
                return relative * relative;
            default:
                throw new ArgumentOutOfRangeException(nameof(metric), metric, "Unknown level of measurement.");
        }
    }
}
