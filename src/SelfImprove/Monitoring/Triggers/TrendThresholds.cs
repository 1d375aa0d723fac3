using System.Collections.Concurrent;
using SelfImprove.Statistics.Drift;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Thresholds of the trend test, calibrated by seeded simulation to the tolerated false-alarm rate and kept in memory: a calibration takes some
/// tenths of a second. Error rates are rounded to
/// 0.02, so that there are few. A short reference serves a version only until it has a longer one, so its simulated streams are as short.
/// </summary>
public sealed class TrendThresholds
{
    private const double Step = 0.02;
    private const int Simulated = 2_000_000;
    private const int LongStream = 20_000;
    private readonly ConcurrentDictionary<(int Rate, int Reference, double FalseAlarms), Lazy<BernoulliCusumOptions>> _known = new();

    /// <summary>The test's settings.</summary>
    /// <param name="errorRate">The reference's error rate, [0,1].</param>
    /// <param name="referenceSize">How many judged tasks the reference has.</param>
    /// <param name="falseAlarmsPerThousand">False alarms tolerated per 1,000 judged tasks.</param>
    public BernoulliCusumOptions For(double errorRate, int referenceSize, double falseAlarmsPerThousand)
    {
        var rate = (int)Math.Clamp(Math.Round(errorRate / Step), 1, 1 / Step - 1);
        var length = TrendPolicy.ServesUntil(referenceSize) is { } until ? until : LongStream;
        return _known.GetOrAdd((rate, referenceSize, falseAlarmsPerThousand), key => new Lazy<BernoulliCusumOptions>(() => BernoulliCusumCalibration.Calibrate(
            key.Rate * Step,
            new BernoulliCusumOptions(ReferenceSize: key.Reference),
            new CusumTarget(key.FalseAlarms, length, (length < LongStream ? Simulated / 2 : Simulated) / length),
            new SeededRandom("trend-thresholds")).Options)).Value;
    }
}
