using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Planning;

namespace SelfImprove.Tests.Planning;

public sealed class LearningCurveTests
{
    [Fact]
    public void At_AnyPoints_StartsAtTodaysErrorAndMoreRowsAreNeverWorse() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(
        (from now in Gen.Choose(1, 99) from rows in Gen.Choose(1, 2_000) from error in Gen.Choose(0, 100) from items in Gen.Choose(1, 300) from prior in Gen.Choose(0, 5_000)
         select (now, rows, error, items, prior)).ToArbitrary(),
        given =>
        {
            var now = given.now / 100.0;
            var curve = new LearningCurve(now, 0.03, [new CurvePoint(given.rows, given.error / 100.0, given.items)], given.prior);
            curve.At(0).Error.ShouldBe(now, 1e-9);
            curve.Gain(0).Gain.ShouldBe(0, 1e-9);
            var before = now;
            foreach (var rows in new[] { 10, 50, 200, 1_000, 5_000 })
            {
                var (error, sd) = curve.At(rows);
                error.ShouldBeInRange(0, before + 1e-9);
                sd.ShouldBeGreaterThanOrEqualTo(0);
                double.IsFinite(sd).ShouldBeTrue();
                before = error;
            }
        }));

    [Fact]
    public void At_MeasuredPoints_PullThePredictionAndNarrowIt()
    {
        var blind = new LearningCurve(0.4, 0.02, [], 200);
        var steep = new LearningCurve(0.4, 0.02, [new CurvePoint(100, 0.15, 300), new CurvePoint(200, 0.1, 300)], 200);
        var flat = new LearningCurve(0.4, 0.02, [new CurvePoint(100, 0.38, 300), new CurvePoint(200, 0.37, 300)], 200);
        steep.At(400).Error.ShouldBeLessThan(blind.At(400).Error);
        flat.At(400).Error.ShouldBeGreaterThan(blind.At(400).Error);
        flat.At(400).Sd.ShouldBeLessThan(blind.At(400).Sd);
        steep.At(100).Error.ShouldBe(0.15, 0.05);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Gain_ErrorAtTheEdge_IsFinite(double now)
    {
        var (gain, sd) = new LearningCurve(now, 0.1, [], 0).Gain(500);
        gain.ShouldBeInRange(0, now);
        double.IsFinite(sd).ShouldBeTrue();
    }
}
