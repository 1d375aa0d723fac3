using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Tests.Distributions;

public class DistributionTests
{
    [Theory]
    [InlineData(0.5, 0.57236494292470008707)]
    [InlineData(1, 0)]
    [InlineData(100, 359.13420536957539878)]
    [InlineData(1e6, 12815504.569147611)]
    public void GammaLog_KnownValues_Agree(double x, double expected) => Gamma.Log(x).ShouldBe(expected, 1e-12 + 1e-14 * expected);

    [Fact]
    public void GammaLog_Recurrence_Holds()
    {
        for (var x = 0.05; x < 40; x += 0.37) (Gamma.Log(x + 1) - Gamma.Log(x)).ShouldBe(Math.Log(x), 1e-12);
    }

    [Theory]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(-1.6448536269514722, 0.05)]
    [InlineData(-5, 2.866515718791939e-7)]
    [InlineData(-10, 7.619853024160527e-24)]
    [InlineData(0, 0.5)]
    public void NormalCdf_KnownValues_Agree(double x, double expected)
    {
        Normal.Cdf(x).ShouldBe(expected, 1e-13 * expected + 1e-300);
        if (x > -7) Normal.Quantile(expected).ShouldBe(x, 1e-9);
        Normal.LogCdf(x).ShouldBe(Math.Log(expected), 1e-11);
    }

    [Fact]
    public void NormalLogCdf_FarOut_StaysFinite() => Normal.LogCdf(-100).ShouldBe(-5005.524208694205, 1e-6);

    [Theory]
    [InlineData(3.841458820694124, 1, 0.05)]
    [InlineData(18.307038053275146, 10, 0.05)]
    [InlineData(6.634896601021213, 1, 0.01)]
    public void ChiSquareUpperTail_KnownValues_Agree(double statistic, double degrees, double expected)
    {
        ChiSquare.UpperTail(statistic, degrees).ShouldBe(expected, 1e-12);
        ChiSquare.Cdf(statistic, degrees).ShouldBe(1 - expected, 1e-12);
    }

    [Theory]
    [InlineData(2.2281388519649385, 10, 0.975)]
    [InlineData(-1.6603911559963895, 99, 0.05)]
    [InlineData(1, 1, 0.75)]
    public void StudentT_KnownValues_Agree(double t, double degrees, double expected)
    {
        StudentT.Cdf(t, degrees).ShouldBe(expected, 1e-9);
        StudentT.Quantile(expected, degrees).ShouldBe(t, 1e-6);
    }

    [Theory]
    [InlineData(2, 3, 0.4, 0.5248)]
    [InlineData(0.5, 0.5, 0.25, 1.0 / 3)]
    [InlineData(5, 1, 0.9, 0.59049)]
    public void BetaCdf_ClosedForms_Agree(double a, double b, double x, double expected)
    {
        Beta.Cdf(x, a, b).ShouldBe(expected, 1e-13);
        Beta.Cdf(1 - x, b, a).ShouldBe(1 - expected, 1e-13);
        Beta.Quantile(expected, a, b).ShouldBe(x, 1e-12);
    }

    [Fact]
    public void BetaCdf_LargeShapes_MatchesTheBinomialSum()
    {
        double sum = 0;
        for (var k = 0; k <= 4_950; k++) sum += Math.Exp(Binomial.LogProbability(k, 10_000, 0.5));
        Binomial.Cdf(4_950, 10_000, 0.5).ShouldBe(sum, 1e-10);
        (Binomial.Cdf(4_950, 10_000, 0.5) + Binomial.UpperTail(4_951, 10_000, 0.5)).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void GammaLower_IntegerShape_MatchesThePoissonSum()
    {
        foreach (var (shape, x) in new[] { (3, 2.5), (50, 60.0), (400, 380.0), (20_000, 20_100.0) })
        {
            double sum = 0;
            for (var k = 0; k < shape; k++) sum += Math.Exp(k * Math.Log(x) - x - Gamma.Log(k + 1.0));
            Gamma.Upper(shape, x).ShouldBe(sum, 1e-9);
            Gamma.Lower(shape, x).ShouldBe(1 - sum, 1e-9);
        }
    }

    [Fact]
    public void BinomialTwoSided_SmallCases_MatchEnumeration()
    {
        foreach (var rate in new[] { 0.5, 0.3, 0.05 })
        {
            for (var n = 1; n <= 25; n++)
            {
                for (var k = 0; k <= n; k++)
                {
                    var seen = Binomial.LogProbability(k, n, rate) + 1e-9;
                    var expected = Enumerable.Range(0, n + 1).Select(j => Binomial.LogProbability(j, n, rate)).Where(l => l <= seen).Sum(Math.Exp);
                    Binomial.TwoSidedPValue(k, n, rate)!.Value.ShouldBe(Math.Min(1, expected), 1e-9, $"{k} of {n} at {rate}");
                }
            }
        }
        Binomial.TwoSidedPValue(0, 0, 0.5).ShouldBeNull();
    }
}
