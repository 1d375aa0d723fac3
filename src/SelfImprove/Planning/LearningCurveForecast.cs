namespace SelfImprove.Planning;

/// <summary>
/// Predicts the gain of rows like those that the champion has: err (1 - (n / (n + m))^b), the power law of learning curves (Hestness et al., "Deep learning
/// scaling is predictable, empirically", 2017) anchored at today's error. The exponent b is this agent's own: a normal prior, weighed with what sub-sampled fits
/// of the champion's rows show and with what each past run of the ledger showed, each by its precision (the normal model with known variances: Gelman et al.,
/// "Bayesian Data Analysis", 3rd ed., 2.5 and 5.4). How wide the interval is, is learnt too: from how far past runs came out beside this curve.
/// For traffic that wants nothing new; <see cref="LearningCurve"/> is for a shift.
/// </summary>
public sealed class LearningCurveForecast
{
    /// <summary>The exponent expected of a student of which nothing is known, and its standard deviation.</summary>
    public const double PriorExponent = 0.55, PriorSd = 0.15;

    private const double LeastExponent = 0.02, MostExponent = 1.2;

    // Sub-samples of few rows understate the exponent of a steep curve, and know nothing yet of its flattening; their own scatter is beyond what
    // their counts say, while both errors share their items.
    // These and the constants below: measured on banking77 and snips, whole, with fewer or merged classes and with wrong labels, 54 agents.
    private const double SubSampledShift = 0.1, SubSampledMost = 0.7, SubSampledSd = 0.1, SharedItems = 0.5;

    // How much the exponent of one run differs from another's, beyond counting errors.
    private const double BetweenRuns = 0.3;

    // The luck of a training sample: two students of n rows differ in error by a variance of about this times error / n.
    private const double LuckOfRows = 0.3, LuckBetweenRuns = 0.2;

    // Of the errors, how many answers change for better or worse between two versions: what makes a paired difference scatter by its items.
    private const double Churn = 0.6, ChurnOfNoRows = 0.15;

    // How many runs' worth the belief "intervals are as wide as they should be" weighs, and the most that one run may say against it.
    private const double PriorRuns = 3, MostSurprise = 9;

    private readonly int _rows;
    private readonly double _variance, _width;

    /// <summary>Weighs what is known.</summary>
    /// <param name="rows">Rows that the champion was trained on; at least 1.</param>
    /// <param name="subSampled">Errors of sub-sampled fits; null where there are none.</param>
    /// <param name="past">What past runs showed.</param>
    public LearningCurveForecast(int rows, SubSampledErrors? subSampled, IEnumerable<LedgerGrowth> past)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        _rows = rows;
        var precision = 1 / (PriorSd * PriorSd);
        var sum = PriorExponent * precision;
        if (subSampled is { Rows: >= 8 } fits)
        {
            double n = fits.Rows, step = Math.Log(2);
            var slope = (Math.Log(Math.Max(fits.OfQuarter, 0.5 / n) / Math.Max(fits.OfHalf, 0.5 / n)) / step) + SubSampledShift;
            var counted = (LogVariance(fits.OfQuarter, n) + LogVariance(fits.OfHalf, n)) * SharedItems * SharedItems / (step * step);
            Weigh(Math.Min(slope, SubSampledMost), counted + (SubSampledSd * SubSampledSd));
        }
        var runs = past.Where(r => r is { Rows: > 0, Added: > 0, Items: > 0 }).ToList();
        foreach (var run in runs)
        {
            var grown = Grown(run.Rows, run.Added);
            var (before, after) = (Smoothed(run.ErrorBefore, run.Items), Smoothed(run.ErrorAfter, run.Items));
            var mean = (before + after) / 2;
            var scatter = (mean / (run.Items * before * after)) + (LuckBetweenRuns / (run.Rows * mean));
            Weigh(Math.Log(before / after) / grown, (scatter / (grown * grown)) + (BetweenRuns * BetweenRuns));
        }
        Exponent = Math.Clamp(sum / precision, LeastExponent, MostExponent);
        _variance = 1 / precision;
        var surprise = PriorRuns;
        foreach (var run in runs)
        {
            var (gain, variance) = Predict(run.Rows, run.ErrorBefore, run.Added, run.Items);
            var off = run.ErrorBefore - run.ErrorAfter - gain;
            surprise += Math.Min(MostSurprise, off * off / variance);
        }
        _width = Math.Sqrt(surprise / (PriorRuns + runs.Count));

        void Weigh(double exponent, double variance)
        {
            sum += exponent / variance;
            precision += 1 / variance;
        }
    }

    /// <summary>The exponent expected of the next run.</summary>
    public double Exponent { get; }

    /// <summary>Its standard deviation.</summary>
    public double ExponentSd => Math.Sqrt(_variance);

    /// <summary>The gain from new rows and its standard deviation.</summary>
    /// <param name="error">The champion's error, [0,1].</param>
    /// <param name="errorSd">Its standard deviation; 0 where the gain is measured on the items that the error is known from.</param>
    /// <param name="added">New rows.</param>
    /// <param name="items">Items that the gain will be measured on; its scatter is part of the deviation. Null for the gain as it is.</param>
    public (double Gain, double Sd) Gain(double error, double errorSd, int added, int? items = null)
    {
        if (added <= 0) return (0, 0);
        var (gain, variance) = Predict(_rows, error, added, items);
        var ofError = error > 0 ? errorSd * gain / error : 0;
        return (gain, Math.Sqrt((variance * _width * _width) + (ofError * ofError)));
    }

    /// <summary>The variance that a finite set of items adds to a measured gain.</summary>
    public static double MeasuredVariance(double error, double gain, int items) => Churn * (Math.Max(0, gain) + (ChurnOfNoRows * error)) / Math.Max(1, items);

    private (double Gain, double Variance) Predict(int rows, double error, int added, int? items)
    {
        var grown = Grown(rows, added);
        var left = Math.Exp(-Exponent * grown);
        var gain = error * (1 - left);
        var scale = items is { } counted ? Math.Max(error, 0.5 / counted) : error;
        var ofExponent = scale * left * grown;
        var luck = LuckOfRows * scale / rows * Math.Min(1, 2 * grown);
        return (gain, (ofExponent * ofExponent * _variance) + luck + (items is { } many ? MeasuredVariance(scale, scale * (1 - left), many) : 0));
    }

    private static double Grown(int rows, int added) => Math.Log((double)(rows + added) / rows);

    /// <summary>An error counted on so many items, kept off 0.</summary>
    private static double Smoothed(double error, int items) => ((error * items) + 0.5) / (items + 1);

    /// <summary>The variance of the logarithm of an error counted on so many items.</summary>
    private static double LogVariance(double error, double items)
    {
        var e = Math.Clamp(error, 1 / items, 0.999);
        return (1 - e) / (e * items);
    }
}
