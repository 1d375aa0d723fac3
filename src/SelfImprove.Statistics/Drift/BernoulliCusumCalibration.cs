using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Drift;

/// <summary>What a calibration aims at.</summary>
/// <param name="FalseAlarmsPerThousand">Most false alarms per 1,000 thumbs, above 0.</param>
/// <param name="StreamLength">Thumbs in a simulated stream, the reference included.</param>
/// <param name="Streams">Simulated streams.</param>
public sealed record CusumTarget(double FalseAlarmsPerThousand = 0.05, int StreamLength = 20_000, int Streams = 500);

/// <summary>Outcome of a calibration.</summary>
/// <param name="Options">The settings with the calibrated threshold.</param>
/// <param name="FalseAlarmsPerThousand">False alarms per 1,000 thumbs seen at it.</param>
public sealed record CusumCalibration(BernoulliCusumOptions Options, double FalseAlarmsPerThousand);

/// <summary>
/// Finds the threshold of a <see cref="BernoulliCusum"/> by simulation. Every simulated stream has its own learned reference, so the chance that a reference
/// came out too low is part of
/// the false-alarm rate (most of it, in fact), which no closed formula covers (those of Reynolds and Stoumbos, "A CUSUM chart for monitoring a proportion when inspecting
/// continuously", 1999, section 3, take the reference as known).
/// </summary>
public static class BernoulliCusumCalibration
{
    // The simulation is itself a sample: aim a little lower than asked for, so that a fresh one keeps the limit too.
    private const double Margin = 0.9;

    /// <summary>The lowest threshold that keeps false alarms at or below the target when nothing changes.</summary>
    /// <param name="errorRate">Observed share of thumbs down when all is well, wrong thumbs included, in (0, 1).</param>
    /// <param name="options">Settings; the threshold is replaced.</param>
    /// <param name="target">What to aim at.</param>
    /// <param name="random">Seeds the streams; the same streams serve all thresholds tried.</param>
    public static CusumCalibration Calibrate(double errorRate, BernoulliCusumOptions options, CusumTarget target, SeededRandom random)
    {
        Require.Fraction(errorRate);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(random);
        Require.Positive(target.FalseAlarmsPerThousand);
        Check(options, target);
        // References in even steps of their law, not drawn: a few unlucky ones would otherwise decide the threshold.
        var references = EvenReferences(errorRate, options.ReferenceSize, target.Streams);
        double Alarms(double threshold) => FalseAlarms(errorRate, options with { Threshold = threshold }, target, random, references);

        double low = 1, high = 30;
        for (var i = 0; i < 12; i++)
        {
            var middle = (low + high) / 2;
            if (Alarms(middle) <= Margin * target.FalseAlarmsPerThousand) high = middle;
            else low = middle;
        }
        return new CusumCalibration(options with { Threshold = high }, Alarms(high));
    }

    /// <summary>False alarms per 1,000 thumbs on streams whose error rate never changes.</summary>
    public static double FalseAlarms(double errorRate, BernoulliCusumOptions options, CusumTarget target, SeededRandom random)
    {
        Require.Fraction(errorRate);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(random);
        Check(options, target);
        return FalseAlarms(errorRate, options, target, random, references: null);
    }

    private static double FalseAlarms(double errorRate, BernoulliCusumOptions options, CusumTarget target, SeededRandom random, int[]? references)
    {
        long alarms = 0;
        for (var stream = 0; stream < target.Streams; stream++)
        {
            var draws = random.Split(stream);
            var (onError, onSuccess) = references is null ? Reference(draws, errorRate, options) : Steps(references[stream], options);
            double statistic = 0;
            for (var i = options.ReferenceSize; i < target.StreamLength; i++)
            {
                statistic = Math.Max(0, statistic + (draws.NextDouble() < errorRate ? onError : onSuccess));
                if (statistic <= options.Threshold) continue;
                alarms++;
                statistic = 0;
            }
        }
        return 1000.0 * alarms / ((double)target.Streams * target.StreamLength);
    }

    /// <summary>
    /// Median number of thumbs until the alarm after the error rate rises, over streams that first ran without change for twice the reference; null where
    /// most streams never raise it
    /// within <paramref name="patience"/> thumbs.
    /// </summary>
    public static double? MedianDelay(double before, double after, BernoulliCusumOptions options, int streams, SeededRandom random, int patience = 20_000)
    {
        Require.Fraction(before);
        Require.Fraction(after);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        options.Checked();
        Require.AtLeast(streams, 1);
        var delays = new int[streams];
        for (var stream = 0; stream < streams; stream++)
        {
            var draws = random.Split(stream);
            var (onError, onSuccess) = Reference(draws, before, options);
            double statistic = 0;
            for (var i = 0; i < options.ReferenceSize; i++)
            {
                statistic = Math.Max(0, statistic + (draws.NextDouble() < before ? onError : onSuccess));
                if (statistic > options.Threshold) statistic = 0;
            }
            var delay = 0;
            do statistic = Math.Max(0, statistic + (draws.NextDouble() < after ? onError : onSuccess));
            while (++delay <= patience && statistic <= options.Threshold);
            delays[stream] = delay;
        }
        Array.Sort(delays);
        var median = (delays[(streams - 1) / 2] + delays[streams / 2]) / 2.0;
        return median > patience ? null : median;
    }

    private static (double OnError, double OnSuccess) Reference(SeededRandom draws, double rate, BernoulliCusumOptions options)
    {
        var errors = 0;
        for (var i = 0; i < options.ReferenceSize; i++)
            if (draws.NextDouble() < rate) errors++;
        return Steps(errors, options);
    }

    private static (double OnError, double OnSuccess) Steps(int errors, BernoulliCusumOptions options) =>
        BernoulliCusum.Steps((errors + 0.5) / (options.ReferenceSize + 1), options.Shift);

    private static int[] EvenReferences(double rate, int size, int streams)
    {
        var references = new int[streams];
        var errors = 0;
        var below = Binomial.Cdf(0, size, rate);
        for (var i = 0; i < streams; i++)
        {
            while (below < (i + 0.5) / streams && errors < size) below = Binomial.Cdf(++errors, size, rate);
            references[i] = errors;
        }
        return references;
    }

    private static void Check(BernoulliCusumOptions options, CusumTarget target)
    {
        options.Checked();
        Require.AtLeast(target.Streams, 1);
        Require.AtLeast(target.StreamLength, options.ReferenceSize + 1);
    }
}
