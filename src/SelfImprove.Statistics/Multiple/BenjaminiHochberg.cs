namespace SelfImprove.Statistics.Multiple;

/// <summary>
/// False-discovery control over many tests (slices): of those called proven, at most a share q is wrong on average. Benjamini and Hochberg, "Controlling the
/// false discovery rate", 1995.
/// </summary>
public static class BenjaminiHochberg
{
    /// <summary>
    /// Adjusted p-values in the given order: a test is proven at rate q where its adjusted value is at most q. A test that was not computable (null) stays so
    /// and does not count.
    /// </summary>
    public static IReadOnlyList<double?> Adjust(IReadOnlyList<double?> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        foreach (var p in pValues)
            if (p is { } value) Require.Rate(value, nameof(pValues));
        var order = Enumerable.Range(0, pValues.Count).Where(i => pValues[i] is not null).OrderByDescending(i => pValues[i]).ToArray();
        var adjusted = new double?[pValues.Count];
        var least = 1.0;
        for (var k = 0; k < order.Length; k++)
        {
            var rank = order.Length - k;
            least = Math.Min(least, pValues[order[k]]!.Value * order.Length / rank);
            adjusted[order[k]] = least;
        }
        return adjusted;
    }

    /// <summary>Which tests are proven at false-discovery rate <paramref name="rate"/>; one that was not computable never is.</summary>
    public static IReadOnlyList<bool> Reject(IReadOnlyList<double?> pValues, double rate = 0.1)
    {
        Require.Fraction(rate);
        return [.. Adjust(pValues).Select(p => p <= rate)];
    }
}
