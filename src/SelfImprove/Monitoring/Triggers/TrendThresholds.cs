using System.Collections.Concurrent;
using SelfImprove.Statistics.Drift;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Thresholds of the trend test, calibrated by seeded simulation to the tolerated false-alarm rate and kept in memory: a calibration takes some
/// tenths of a second. Error rates are rounded to
/// 0.02, so that there are few. A short reference serves a version only until it has a longer one, so its simulated streams are as short; a full one learns on, and is simulated so.
/// </summary>
public sealed class TrendThresholds
{
    private const double Step = 0.02;
    private const int Simulated = 1_000_000;
    private const int LongStream = 20_000;
    private const int Streams = 150;
    private const int Learns = 50;
    // The simulation is itself a sample: aim a little lower than asked for, so that a fresh one keeps the limit too.
    private const double Margin = 0.9;
    private static readonly SeededRandom Random = new("trend-thresholds");
    private readonly ConcurrentDictionary<(int Rate, int Reference, double FalseAlarms), Lazy<BernoulliCusumOptions>> _known = new();

    /// <summary>The test's settings.</summary>
    /// <param name="errorRate">The reference's error rate, [0,1].</param>
    /// <param name="referenceSize">How many judged tasks the reference has.</param>
    /// <param name="falseAlarmsPerThousand">False alarms tolerated per 1,000 judged tasks.</param>
    public BernoulliCusumOptions For(double errorRate, int referenceSize, double falseAlarmsPerThousand)
    {
        var rate = (int)Math.Clamp(Math.Round(errorRate / Step), 1, 1 / Step - 1);
        return _known.GetOrAdd((rate, referenceSize, falseAlarmsPerThousand), key => new Lazy<BernoulliCusumOptions>(() => TrendTest.ServesUntil(key.Reference) is { } until
            ? BernoulliCusumCalibration.Calibrate(
                key.Rate * Step, new BernoulliCusumOptions(ReferenceSize: key.Reference), new CusumTarget(key.FalseAlarms, until, Simulated / until), Random).Options
            : Mature(key.Rate * Step, new BernoulliCusumOptions(ReferenceSize: key.Reference), key.FalseAlarms))).Value;
    }

    /// <summary>The threshold of a full reference, over long streams in which it follows what came after it as <see cref="TrendTest.Corrected"/> says.</summary>
    private static BernoulliCusumOptions Mature(double errorRate, BernoulliCusumOptions options, double falseAlarms)
    {
        var streams = Enumerable.Range(0, Streams).Select(i => Steps(errorRate, options, Random.Split(i))).ToArray();
        var tolerated = Margin * falseAlarms * Streams * LongStream / 1_000;
        double low = 1, high = 30;
        for (var i = 0; i < 12; i++)
        {
            var middle = (low + high) / 2;
            if (streams.Sum(steps => Alarms(steps, middle)) <= tolerated) high = middle;
            else low = middle;
        }
        return options with { Threshold = high };
    }

    private static float[] Steps(double errorRate, BernoulliCusumOptions options, SeededRandom draws)
    {
        var errors = new int[LongStream + 1];
        for (var i = 0; i < LongStream; i++) errors[i + 1] = errors[i] + (draws.NextDouble() < errorRate ? 1 : 0);
        var size = options.ReferenceSize;
        var first = (errors[size] + 0.5) / (size + 1);
        var steps = new float[LongStream - size];
        double onError = 0, onSuccess = 0;
        for (var i = size; i < LongStream; i++)
        {
            if ((i - size) % Learns == 0)
            {
                var past = i - TrendTest.Latest;
                var rate = past <= size ? first : TrendTest.Corrected(first, (errors[past] + 0.5) / (past + 1), size);
                var shifted = Math.Min(rate + options.Shift, (rate + 1) / 2);
                (onError, onSuccess) = (Math.Log(shifted / rate), Math.Log((1 - shifted) / (1 - rate)));
            }
            steps[i - size] = (float)(errors[i + 1] > errors[i] ? onError : onSuccess);
        }
        return steps;
    }

    // Counted as people are bothered: once for as long as an alarm lasts, looked at now and then, and the sum kept from growing far beyond the threshold.
    private static int Alarms(float[] steps, double threshold)
    {
        var (alarms, statistic, wasAlarmed, cap) = (0, 0.0, false, TrendTest.Cap * threshold);
        for (var i = 0; i < steps.Length; i++)
        {
            statistic = Math.Clamp(statistic + steps[i], 0, cap);
            if ((i + 1) % Learns != 0) continue;
            if (statistic > threshold && !wasAlarmed) alarms++;
            wasAlarmed = statistic > threshold;
        }
        return alarms;
    }
}
