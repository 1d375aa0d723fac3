using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Planning;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Planning;

public sealed class LearningCurveTests
{
    private static CurveGround Ground(double known = 0.2, double unseen = 0.3, double accuracy = 1) => new(known, 6, unseen, 4, 0.02, accuracy);

    [Fact]
    public void At_AnyGroundAndPoints_MoreRowsAreNeverWorseAndAllIsFinite() => Check.One(Properties.Checked.WithMaxTest(60), Prop.ForAll(
        (from known in Gen.Choose(1, 100) from unseen in Gen.Choose(0, 100) from rows in Gen.Choose(1, 2_000) from error in Gen.Choose(0, 100) from items in Gen.Choose(1, 300)
         from isTrue in Gen.Elements(true, false) select (known, unseen, rows, error, items, isTrue)).ToArbitrary(),
        given =>
        {
            var curve = new LearningCurve(Ground(given.known / 100.0, given.unseen / 100.0, 0.9), [new CurvePoint(given.rows, given.error / 100.0, given.items, given.isTrue)]);
            curve.Gain(0).Gain.ShouldBe(0, 1e-9);
            var before = curve.At(0).Error;
            foreach (var rows in new[] { 10, 50, 200, 1_000, 5_000 })
            {
                var (error, sd) = curve.At(rows);
                error.ShouldBeInRange(0, before + 1e-9);
                double.IsFinite(sd).ShouldBeTrue();
                curve.Gain(rows).Gain.ShouldBeInRange(0, 1);
                curve.Gain(rows).Sd.ShouldBeGreaterThanOrEqualTo(0);
                before = error;
            }
        }));

    [Fact]
    public void At_NoRows_IsTodaysError() => new LearningCurve(Ground(), []).At(0).Error.ShouldBe(0.3 + (0.7 * 0.2), 0.02);

    [Fact]
    public void At_MeasuredPoints_PullThePredictionAndNarrowIt()
    {
        static CurvePoint Point(int rows, double error) => new(rows, error, 300, IsTrue: true);
        var blind = new LearningCurve(Ground(), []);
        var steep = new LearningCurve(Ground(), [Point(50, 0.16), Point(100, 0.1)]);
        var flat = new LearningCurve(Ground(), [Point(50, 0.38), Point(100, 0.33)]);
        steep.At(200).Error.ShouldBeLessThan(blind.At(200).Error);
        flat.At(200).Error.ShouldBeGreaterThan(blind.At(200).Error);
        flat.At(200).Sd.ShouldBeLessThan(blind.At(200).Sd);
        steep.At(100).Error.ShouldBe(0.1, 0.05);
    }

    [Fact]
    public void At_PointsOfATeacherThatErrs_AreReadWithoutItsErrors()
    {
        // A perfect student disagrees with a teacher that is right in 80 of 100.
        var seen = new CurvePoint(400, 0.24, 300);
        new LearningCurve(Ground(accuracy: 0.8), [seen]).At(400).Error.ShouldBeLessThan(new LearningCurve(Ground(accuracy: 1), [seen]).At(400).Error - 0.05);
    }
}
