using SelfImprove.Statistics.Drift;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Tests.Drift;

public class BernoulliCusumTests
{
    private const double Wrong = 0.15;

    private static double Seen(double rate, double wrong) => rate * (1 - wrong) + (1 - rate) * wrong;

    [Theory]
    [InlineData(0, 180)]
    [InlineData(Wrong, 350)]
    public void Calibrate_TenPercentErrors_KeepsFalseAlarmsAndFindsADoubling(double wrong, double mostThumbs)
    {
        var options = BernoulliCusumCalibration.Calibrate(Seen(0.10, wrong), new BernoulliCusumOptions(), new CusumTarget(), new SeededRandom(81)).Options;
        // Fresh streams, not those of the calibration.
        BernoulliCusumCalibration.FalseAlarms(Seen(0.10, wrong), options, new CusumTarget(Streams: 1_500), new SeededRandom(82)).ShouldBeLessThanOrEqualTo(0.05);
        BernoulliCusumCalibration.MedianDelay(Seen(0.10, wrong), Seen(0.20, wrong), options, 3_000, new SeededRandom(83))!.Value.ShouldBeLessThanOrEqualTo(mostThumbs);
    }

    [Fact]
    public void Update_SameStream_AgreesWithTheSimulation()
    {
        var options = new BernoulliCusumOptions(6, 500);
        var target = new CusumTarget(StreamLength: 5_000, Streams: 20);
        var random = new SeededRandom(84);
        var alarms = 0;
        for (var stream = 0; stream < target.Streams; stream++)
        {
            var draws = random.Split(stream);
            var detector = new BernoulliCusum(options);
            for (var i = 0; i < target.StreamLength; i++)
                if (detector.Update(draws.NextDouble() < 0.25) == DriftLevel.Drift) alarms++;
        }
        alarms.ShouldBeGreaterThan(0);
        BernoulliCusumCalibration.FalseAlarms(0.25, options, target, random).ShouldBe(1_000.0 * alarms / (20 * 5_000), 1e-12);
    }

    [Fact]
    public void Update_DuringTheReference_StaysSilent()
    {
        var detector = new BernoulliCusum(new BernoulliCusumOptions(3, 300));
        for (var i = 0; i < 300; i++)
        {
            detector.ReferenceRate.ShouldBeNull();
            detector.Update(i % 10 == 0).ShouldBe(DriftLevel.None);
        }
        detector.ReferenceRate!.Value.ShouldBe(30.5 / 301, 1e-12);
        var thumbs = 0;
        while (detector.Update(true) != DriftLevel.Drift) thumbs++;
        thumbs.ShouldBeLessThan(10);
        detector.ToState().SinceZero.ShouldBe(thumbs + 1);
        detector.Update(false).ShouldBe(DriftLevel.None);
        detector.Statistic.ShouldBe(0);
        detector.ReferenceRate!.Value.ShouldBe(30.5 / 301, 1e-12);
    }

    [Fact]
    public void Settings_OutOfRange_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new BernoulliCusum(new BernoulliCusumOptions(Threshold: 0)));
        Should.Throw<ArgumentOutOfRangeException>(() => BernoulliCusumCalibration.FalseAlarms(0.1, new BernoulliCusumOptions(), new CusumTarget(StreamLength: 100), new SeededRandom(1)));
        BernoulliCusumCalibration.MedianDelay(0.2, 0.05, new BernoulliCusumOptions(12), 20, new SeededRandom(1), patience: 500).ShouldBeNull();
    }
}
