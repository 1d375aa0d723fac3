using System.Text.Json;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Statistics.Trend;

namespace SelfImprove.Statistics.Tests.Trend;

[Trait("Data", "reference")]
public class TrendTests
{
    private static readonly JsonElement File = Vectors.Read("trend.json");

    private static double[] Series() =>
        [.. File.GetProperty("series").EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? double.NaN : e.GetDouble())];

    [Fact]
    public void MannKendall_ReferenceSeries_Agrees()
    {
        var expected = File.GetProperty("mann_kendall");
        var result = MannKendall.Test(Series())!;
        result.S.ShouldBe(expected.Number("s"));
        result.Variance.ShouldBe(expected.Number("var_s"), 1e-6);
        result.Z.ShouldBe(expected.Number("z"), 1e-12);
        result.PValue.ShouldBe(expected.Number("p"), 1e-12);
        result.Tau.ShouldBe(expected.Number("tau"), 1e-12);
        result.Direction.ShouldBe(TrendDirection.None);
    }

    [Fact]
    public void SenSlope_ReferenceSeries_KeepsTheTimesOfGaps()
    {
        var expected = File.GetProperty("sens_slope");
        var line = SenSlope.Fit(Series())!;
        line.Slope.ShouldBe(expected.Number("slope"), 1e-12);
        line.Intercept.ShouldBe(expected.Number("intercept"), 1e-9);
        SenSlope.Fit([.. Series().Where(x => !double.IsNaN(x))])!.Slope.ShouldBe(File.GetProperty("recomputed").Number("slope_after_dropping_nan"), 1e-12);
    }

    [Fact]
    public void MannKendall_MonotoneSeries_IsCertain()
    {
        var series = Enumerable.Range(0, 360).Select(i => (double)i).ToArray();
        var result = MannKendall.Test(series)!;
        result.S.ShouldBe(File.GetProperty("monotone").Number("s"));
        result.Tau.ShouldBe(1);
        result.Direction.ShouldBe(TrendDirection.Increasing);
        MannKendall.Test([.. series.Reverse()])!.Direction.ShouldBe(TrendDirection.Decreasing);
        SenSlope.Fit(series)!.ShouldBe(new SenLine(1, 0));
    }

    [Fact]
    public void Trend_NothingToSee_IsNotComputable()
    {
        MannKendall.Test([]).ShouldBeNull();
        MannKendall.Test([1, double.NaN]).ShouldBeNull();
        MannKendall.Test([2, 2, 2, 2]).ShouldBeNull();
        SenSlope.Fit([1]).ShouldBeNull();
    }

    [Fact]
    public void MannKendall_NoTrend_ErrsAtItsLevel()
    {
        var random = new SeededRandom(91);
        var wrong = Enumerable.Range(0, 4_000).Count(_ => MannKendall.Test([.. Enumerable.Range(0, 20).Select(_ => (double)random.Next(10))])?.Direction is not (null or TrendDirection.None));
        (wrong / 4_000.0).ShouldBeInRange(0.03, 0.055);
    }
}
