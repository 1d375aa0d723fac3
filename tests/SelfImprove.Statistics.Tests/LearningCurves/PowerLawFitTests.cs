using SelfImprove.Statistics.LearningCurves;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Tests.LearningCurves;

public class PowerLawFitTests
{
    [Fact]
    public void Fit_NoiselessCurve_RecoversItsNumbers()
    {
        var sizes = new[] { 50.0, 100, 200, 400, 800, 1600, 3200, 6400 };
        var fit = PowerLawFit.Fit([.. sizes.Select(n => new CurvePoint(n, 2.0 * Math.Pow(n, -0.5) + 0.05))])!;
        fit.B.ShouldBe(0.5, 0.01);
        fit.A.ShouldBe(2, 0.1);
        fit.C.ShouldBe(0.05, 0.002);
        fit.At(20_000).ShouldBe(2.0 * Math.Pow(20_000, -0.5) + 0.05, 0.001);
        fit.Predict(12_800).Interval.Contains(2.0 * Math.Pow(12_800, -0.5) + 0.05).ShouldBeTrue();
    }

    [Fact]
    public void Fit_FewPoints_IsBoundedAndFalls()
    {
        PowerLawFit.Fit([]).ShouldBeNull();
        var one = PowerLawFit.Fit([CurvePoint.FromCounts(200, 60, 200)])!;
        var near = one.Predict(200);
        var far = one.Predict(2_000);
        near.Error.ShouldBe(0.3, 0.03);
        far.Error.ShouldBeInRange(0.08, 0.26);
        far.Interval.Width.ShouldBeGreaterThan(near.Interval.Width);
        // An error that rises with data is noise: the curve is flat, never rising.
        var rising = PowerLawFit.Fit([new CurvePoint(100, 0.20, 0.02), new CurvePoint(400, 0.24, 0.02)])!;
        rising.At(10_000).ShouldBeLessThanOrEqualTo(rising.At(100));
        rising.At(10_000).ShouldBeGreaterThanOrEqualTo(0);
        var perfect = PowerLawFit.Fit([new CurvePoint(100, 0), new CurvePoint(200, 0)])!;
        perfect.Predict(1_000).Error.ShouldBeInRange(0, 0.02);
        Should.Throw<ArgumentOutOfRangeException>(() => PowerLawFit.Fit([new CurvePoint(0, 0.5)]));
    }

    [Fact]
    public void Predict_NoisyCurves_EightyPercentIntervalsCoverSeventyToNinety()
    {
        var random = new SeededRandom(41);
        int covered = 0, worse = 0;
        const int runs = 200;
        for (var run = 0; run < runs; run++)
        {
            var b = Math.Exp(Math.Log(0.35) + 0.5 * random.NextGaussian());
            var floor = 0.1 * random.NextDouble();
            var start = 0.3 + 0.3 * random.NextDouble();
            double Truth(double n) => (start - floor) * Math.Pow(n / 100, -b) + floor;
            double Realised(double n) => Math.Max(0, Truth(n) + 0.008 * random.NextGaussian());
            var points = new List<CurvePoint>();
            foreach (var n in new[] { 100.0, 200, 400, 800 })
            {
                var rate = Math.Clamp(Realised(n), 0, 1);
                var wrong = Enumerable.Range(0, 300).Count(_ => random.NextBool(rate));
                points.Add(CurvePoint.FromCounts(n, wrong, 300));
            }
            var predicted = PowerLawFit.Fit(points)!.Predict(3_200);
            var real = Realised(3_200);
            if (predicted.Interval.Contains(real)) covered++;
            if (Math.Abs(predicted.Error - real) > Math.Abs(points[^1].Error - real)) worse++;
        }
        (covered / (double)runs).ShouldBeInRange(0.70, 0.92);
        worse.ShouldBeLessThan(runs / 3, "the curve must beat the guess that nothing more is gained");
    }
}
