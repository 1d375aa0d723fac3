namespace SelfImprove.Statistics.LearningCurves;

/// <summary>One measurement of an error at a training-set size.</summary>
/// <param name="Examples">Training examples, above 0.</param>
/// <param name="Error">Measured error, at least 0; for rates at most 1.</param>
/// <param name="StandardError">Standard error of that measurement, at least 0: sqrt(e(1-e)/m) for m test items.</param>
public sealed record CurvePoint(double Examples, double Error, double StandardError = 0)
{
    /// <summary>A point from counts of wrong answers on test items; the standard error has 1 right and 1 wrong answer added, so it is never 0.</summary>
    public static CurvePoint FromCounts(double examples, long wrong, long items)
    {
        Require.Part(wrong, items);
        if (items == 0) throw new ArgumentOutOfRangeException(nameof(items), items, "A point needs at least one test item.");
        var smoothed = (wrong + 1.0) / (items + 2.0);
        return new CurvePoint(examples, wrong / (double)items, Math.Sqrt(smoothed * (1 - smoothed) / items));
    }
}
