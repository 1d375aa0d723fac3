using SelfImprove.Statistics.Paired;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Tests.Paired;

public class TwoPhaseMeanTests
{
    [Fact]
    public void Of_TwoStrata_MatchesHandComputation()
    {
        // Shares .3 and .7; mean .3*.5 + .7*.9 = .78; within .09*.25/30 + .49*.09/14 = .0039; between (.3*.28^2 + .7*.12^2)/100 = .000336.
        var (mean, variance) = TwoPhaseMean.Of([new(30, 30, 0.5, 0.25), new(70, 14, 0.9, 0.09)])!.Value;
        mean.ShouldBe(0.78, 1e-12);
        variance.ShouldBe(0.00075 + 0.00315 + 0.000336, 1e-12);
    }

    [Fact]
    public void Of_AllMeasured_IsThePlainMean()
    {
        var (mean, variance) = TwoPhaseMean.Of([new(40, 40, 0.25, 0.1875), new(60, 60, 0.75, 0.1875)])!.Value;
        mean.ShouldBe(0.55, 1e-12);
        variance.ShouldBe(0.55 * 0.45 / 100, 1e-12);
    }

    [Fact]
    public void Of_StratumWithoutAMeasure_IsNotComputable()
    {
        TwoPhaseMean.Of([new(30, 30, 0.5, 0.25), new(70, 0, 0, 0)]).ShouldBeNull();
        TwoPhaseMean.Of([]).ShouldBeNull();
        TwoPhaseMean.Of([new(30, 30, 0.5, 0.25), new(0, 0, 0, 0)])!.Value.Mean.ShouldBe(0.5);
        Should.Throw<ArgumentException>(() => TwoPhaseMean.Of([new(3, 4, 0.5, 0.25)]));
    }

    [Fact]
    public void Of_Simulated_VarianceIsThatOfTheEstimates()
    {
        var random = new SeededRandom(9);
        var (means, variances) = (new List<double>(), new List<double>());
        for (var s = 0; s < 4_000; s++)
        {
            var items = Enumerable.Range(0, 200).Select(_ => random.NextBool(0.4) ? (Part: 0, Right: random.NextBool(0.5)) : (Part: 1, Right: random.NextBool(0.9))).ToList();
            var strata = Enumerable.Range(0, 2).Select(part =>
            {
                var all = items.Where(i => i.Part == part).ToList();
                var measured = all.Take(part == 0 ? all.Count : all.Count / 4).ToList();
                var rate = measured.Average(m => m.Right ? 1.0 : 0);
                return new MeasuredStratum(all.Count, measured.Count, rate, rate * (1 - rate) * measured.Count / (measured.Count - 1));
            }).ToList();
            var (mean, variance) = TwoPhaseMean.Of(strata)!.Value;
            means.Add(mean);
            variances.Add(variance);
        }
        var centre = means.Average();
        centre.ShouldBe(0.74, 0.003);
        variances.Average().ShouldBe(means.Average(m => (m - centre) * (m - centre)), 0.0001); // about .0019
    }

    [Theory]
    [InlineData(0.3, 0.5, 0.6)]
    [InlineData(0.5, 0.3, 1)]
    [InlineData(0.3, 0, 1)]
    public void NeymanShare_GoesWithTheSpread(double spread, double whole, double expected) => TwoPhaseMean.NeymanShare(spread, whole).ShouldBe(expected, 1e-12);

    [Fact]
    public void LowerOfEstimate_OfPlainTrials_IsWilsonsBound()
    {
        Wilson.LowerOfEstimate(0.8, 50)!.Value.ShouldBe(Wilson.Lower(40, 50)!.Value, 1e-12);
        Wilson.LowerOfEstimate(0.8, 37.5)!.Value.ShouldBeLessThan(Wilson.Lower(40, 50)!.Value);
        Wilson.LowerOfEstimate(0.8, 0).ShouldBeNull();
    }
}
