using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Multiple;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Tests.Multiple;

public class MultipleTests
{
    [Fact]
    public void Adjust_PublishedExample_RejectsFour()
    {
        // Benjamini and Hochberg 1995, section 4: 15 p-values, at .05 the four least are proven.
        double?[] p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000];
        BenjaminiHochberg.Reject(p, 0.05).Count(r => r).ShouldBe(4);
        BenjaminiHochberg.Adjust(p)[0]!.Value.ShouldBe(0.0015, 1e-12);
        BenjaminiHochberg.Adjust(p)[3]!.Value.ShouldBe(0.035625, 1e-12);
    }

    [Fact]
    public void Adjust_NotComputable_StaysSoAndDoesNotCount()
    {
        var adjusted = BenjaminiHochberg.Adjust([0.04, null, 0.02]);
        adjusted.ShouldBe([0.04, null, 0.04]);
        BenjaminiHochberg.Reject([null], 0.5).ShouldBe([false]);
        BenjaminiHochberg.Adjust([]).ShouldBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => BenjaminiHochberg.Adjust([1.2]));
    }

    [Fact]
    public void Reject_MostHypothesesTrue_KeepsTheFalseDiscoveryRate()
    {
        var random = new SeededRandom(111);
        double rate = 0;
        for (var run = 0; run < 1_000; run++)
        {
            double?[] p = [.. Enumerable.Range(0, 40).Select(i => (double?)Normal.UpperTail(random.NextGaussian() + (i < 8 ? 3 : 0)))];
            var rejected = BenjaminiHochberg.Reject(p, 0.1);
            var all = rejected.Count(r => r);
            if (all > 0) rate += rejected.Skip(8).Count(r => r) / (double)all;
        }
        (rate / 1_000).ShouldBeInRange(0.06, 0.1);
    }

    [Theory]
    [InlineData(SpendingShape.Equal)]
    [InlineData(SpendingShape.Late)]
    [InlineData(SpendingShape.Early)]
    public void Level_AllRounds_SumToAlpha(SpendingShape shape)
    {
        var levels = Enumerable.Range(1, 4).Select(round => AlphaSpending.Level(0.05, round, 4, shape)).ToArray();
        levels.Sum().ShouldBe(0.05, 1e-12);
        levels.ShouldAllBe(level => level > 0);
        if (shape == SpendingShape.Late) levels[0].ShouldBeLessThan(0.001);
        if (shape == SpendingShape.Early) levels[0].ShouldBeGreaterThan(levels[3]);
        Enumerable.Range(1, 100_000).Sum(round => AlphaSpending.OpenEnded(0.05, round)).ShouldBe(0.05, 1e-5);
        Should.Throw<ArgumentOutOfRangeException>(() => AlphaSpending.Level(0.05, 5, 4, shape));
    }
}
