namespace SelfImprove.Statistics.Trend;

/// <summary>A robust line through a series.</summary>
/// <param name="Slope">Median slope over all pairs, per step of the series.</param>
/// <param name="Intercept">Value of the line at index 0.</param>
public sealed record SenLine(double Slope, double Intercept);

/// <summary>
/// Sen's slope: the median of the slopes of all pairs. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968; intercept by Conover,
/// 1980.
/// </summary>
public static class SenSlope
{
    /// <summary>
    /// The line of a series in time order; NaN marks a gap, whose place in time still counts. Null with fewer than two values. Cost grows with the square of
    /// the length.
    /// </summary>
    public static SenLine? Fit(IReadOnlyList<double> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        var points = series.Select((value, index) => (Index: (double)index, Value: value)).Where(point => !double.IsNaN(point.Value)).ToArray();
        if (points.Length < 2) return null;
        var slopes = new double[(long)points.Length * (points.Length - 1) / 2];
        var k = 0;
        for (var i = 0; i < points.Length; i++)
            for (var j = i + 1; j < points.Length; j++) slopes[k++] = (points[j].Value - points[i].Value) / (points[j].Index - points[i].Index);
        var slope = Median(slopes);
        return new SenLine(slope, Median([.. points.Select(p => p.Value)]) - Median([.. points.Select(p => p.Index)]) * slope);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
