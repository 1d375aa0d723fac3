using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Training.Builtin;

[Trait("Data", "reference")]
public sealed class LearningCurveSamplerTests
{
    private static readonly IReadOnlyList<TextExample> s_train = LabelledCsv.Read("banking77", "train.csv");
    private static readonly IReadOnlyList<TextExample> s_test = LabelledCsv.Read("banking77", "test.csv");

    [Fact]
    public void Measure_OnRealText_ErrorFallsWithRows()
    {
        var rows = s_train.Where((_, i) => i % 12 == 0).ToArray();
        var held = s_test.Where((_, i) => i % 6 == 0).ToArray();

        var points = LearningCurveSampler.Measure(rows, held, null, StudentSettings.Default, 1);

        points[0].Rows.ShouldBeInRange((rows.Length / 4) - 1, (rows.Length / 4) + 1);
        points[1].Rows.ShouldBeInRange((rows.Length / 2) - 1, (rows.Length / 2) + 1);
        points[2].Rows.ShouldBe(rows.Length);
        points[0].Error.ShouldBeGreaterThan(points[1].Error + 0.03);
        points[1].Error.ShouldBeGreaterThan(points[2].Error + 0.03);
        points.ShouldAllBe(point => point.Items == held.Length);
    }

    [Fact]
    public void Measure_WithTheSameSeed_RepeatsItself()
    {
        var first = LearningCurveSampler.Measure(Sample.Rows, Sample.Rows, [0.5, 1], Sample.Settings, 3);

        LearningCurveSampler.Measure(Sample.Rows, Sample.Rows, [0.5, 1], Sample.Settings, 3).ShouldBe(first);
    }

    [Fact]
    public void Measure_OfASmallShare_HoldsEveryClassOnceFirst() =>
        LearningCurveSampler.Measure(Sample.Rows, Sample.Rows, [0.25], Sample.Settings, 3)[0].Error.ShouldBeLessThan(0.67);

    [Fact]
    public void Measure_WhereAShareLeavesOneClass_LeavesItOut() =>
        LearningCurveSampler.Measure(Sample.Rows, Sample.Rows, [0.01, 1], Sample.Settings, 3).Select(point => point.Rows).ShouldBe([12]);

    [Fact]
    public void Measure_OfALabelNeverSeen_CountsItAsAnError() =>
        LearningCurveSampler.Measure(Sample.Rows, [new("book a room", "unknown")], [1], Sample.Settings, 3)[0].Error.ShouldBe(1);

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void Measure_WithAShareOutOfRange_Throws(double share) =>
        Should.Throw<ArgumentException>(() => LearningCurveSampler.Measure(Sample.Rows, Sample.Rows, [share], Sample.Settings, 3));

    [Fact]
    public void Measure_WithoutHeldOutItems_Throws() =>
        Should.Throw<ArgumentException>(() => LearningCurveSampler.Measure(Sample.Rows, [], null, Sample.Settings, 3)).Message.ShouldContain("held-out");
}
