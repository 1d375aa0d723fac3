using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Paired;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Tests.Paired;

public class PairedTests
{
    [Fact]
    public void McNemar_TenAgainstTwo_IsTheBinomialTail()
    {
        McNemar.BetterPValue(10, 2)!.Value.ShouldBe(79 / 4096.0, 1e-12);
        McNemar.TwoSidedPValue(10, 2)!.Value.ShouldBe(158 / 4096.0, 1e-12);
        McNemar.WorsePValue(2, 10)!.Value.ShouldBe(79 / 4096.0, 1e-12);
        McNemar.TwoSidedPValue(5, 5).ShouldBe(1);
    }

    [Fact]
    public void McNemar_NothingDiffers_IsNotComputable()
    {
        McNemar.TwoSidedPValue(0, 0).ShouldBeNull();
        McNemar.BetterPValue(0, 0).ShouldBeNull();
        Should.Throw<ArgumentOutOfRangeException>(() => McNemar.TwoSidedPValue(-1, 2));
    }

    [Theory]
    [InlineData(81, 263, 0.05, 0.2553, 0.3662)]
    [InlineData(0, 20, 0.05, 0, 0.1611)]
    [InlineData(20, 20, 0.05, 0.8389, 1)]
    public void Wilson_PublishedCases_Agree(long k, long n, double alpha, double low, double high)
    {
        var interval = Wilson.Interval(k, n, alpha)!.Value;
        interval.Lower.ShouldBe(low, 1e-4);
        interval.Upper.ShouldBe(high, 1e-4);
        Wilson.Interval(0, 0).ShouldBeNull();
        Wilson.Upper(k, n, alpha / 2)!.Value.ShouldBe(high, 1e-4);
    }

    [Fact]
    public void TwoProportions_NewcombeExample_Agrees()
    {
        // Newcombe 1998, case (a): 56/70 against 48/80, method 10: .0524 to .3339.
        var interval = TwoProportions.Difference(48, 80, 56, 70)!.Value;
        interval.Lower.ShouldBe(0.0524, 1e-4);
        interval.Upper.ShouldBe(0.3339, 1e-4);
        TwoProportions.PValue(48, 80, 56, 70)!.Value.ShouldBe(2 * Normal.UpperTail(0.2 / Math.Sqrt(104.0 / 150 * 46 / 150 * (1.0 / 70 + 1.0 / 80))), 1e-12);
        TwoProportions.PValue(0, 0, 1, 2).ShouldBeNull();
        TwoProportions.PValue(5, 5, 5, 5).ShouldBeNull();
    }

    [Fact]
    public void PairedProportions_TangoExample_Agrees()
    {
        // Tango 1998, table: n = 44, b = 0, c = 1 gives [-0.118, 0.060] at 95%.
        var interval = PairedProportions.Difference(0, 1, 44)!.Value;
        interval.Lower.ShouldBe(-0.1181, 1e-3);
        interval.Upper.ShouldBe(0.0596, 1e-3);
        PairedProportions.Difference(0, 0, 0).ShouldBeNull();
        PairedProportions.NonInferiorityPValue(0, 0, 10, 0).ShouldBeNull();
        var same = PairedProportions.Difference(0, 0, 100)!.Value;
        same.Lower.ShouldBeLessThan(-0.01);
        same.Upper.ShouldBe(-same.Lower, 1e-9);
    }

    [Fact]
    public void NonInferiority_AtTheMargin_ErrsAtMostAlpha()
    {
        var random = new SeededRandom(11);
        int paired = 0, unpaired = 0;
        const int runs = 4_000, n = 400;
        for (var run = 0; run < runs; run++)
        {
            long b = 0, c = 0, a1 = 0, b1 = 0;
            for (var i = 0; i < n; i++)
            {
                var u = random.NextDouble();
                if (u < 0.05) b++;
                else if (u < 0.15) c++;
                if (random.NextBool(0.85)) a1++;
                if (random.NextBool(0.80)) b1++;
            }
            if (PairedProportions.NonInferiorityPValue(b, c, n, 0.05) < 0.05) paired++;
            if (TwoProportions.NonInferiorityPValue(a1, n, b1, n, 0.05) < 0.05) unpaired++;
        }
        (paired / (double)runs).ShouldBeInRange(0.035, 0.062);
        (unpaired / (double)runs).ShouldBeInRange(0.035, 0.062);
    }

    [Fact]
    public void PairedBootstrap_SameSeed_IsReproducibleAndCovers()
    {
        var random = new SeededRandom(12);
        var covered = 0;
        for (var run = 0; run < 400; run++)
        {
            var champion = Enumerable.Range(0, 100).Select(_ => random.NextBool(0.7) ? 1.0 : 0).ToArray();
            var candidate = champion.Select(x => random.NextBool(0.2) ? (random.NextBool(0.8) ? 1.0 : 0) : x).ToArray();
            var result = PairedBootstrap.Difference(champion, candidate, random.Split(run), resamples: 400)!;
            if (result.Interval.Contains(0.2 * (0.8 - 0.7))) covered++;
        }
        covered.ShouldBeInRange(360, 398);
        double[] a = [0, 1, 1, 0, 1], b = [1, 1, 1, 0, 1];
        PairedBootstrap.Difference(a, b, new SeededRandom(1)).ShouldBe(PairedBootstrap.Difference(a, b, new SeededRandom(1)));
        PairedBootstrap.Difference([1], [1], random).ShouldBeNull();
        PairedBootstrap.Difference(a, b, random, clusters: ["x", "x", "x", "x", "x"]).ShouldBeNull();
        Should.Throw<ArgumentException>(() => PairedBootstrap.Difference(a, [1.0], random));
    }

    [Fact]
    public void PairedBootstrap_CorrelatedItems_ClustersWidenTheInterval()
    {
        var random = new SeededRandom(13);
        var champion = new double[200];
        var candidate = Enumerable.Range(0, 20).SelectMany(_ => Enumerable.Repeat(random.NextGaussian(), 10)).ToArray();
        var clusters = Enumerable.Range(0, 200).Select(i => $"u{i / 10}").ToArray();
        var loose = PairedBootstrap.Difference(champion, candidate, random.Split("a"))!;
        var clustered = PairedBootstrap.Difference(champion, candidate, random.Split("a"), clusters: clusters)!;
        clustered.Items.ShouldBe(20);
        clustered.Interval.Width.ShouldBeGreaterThan(2 * loose.Interval.Width);
    }

    [Fact]
    public void SampleSize_PublishedAndSimulated_Agree()
    {
        SampleSize.Unpaired(0.8, 0.85, power: 0.8).ShouldBe(906);
        SampleSize.Unpaired(0.5, 0.5).ShouldBeNull();
        SampleSize.UnpairedPower(0.8, 0.85, 906).ShouldBe(0.8, 0.001);
        var n = SampleSize.Paired(0.05, 0.15)!.Value;
        SampleSize.PairedPower(0.05, 0.15, n).ShouldBe(0.8, 0.005);
        SampleSize.SmallestPairedDifference(0.15, n)!.Value.ShouldBe(0.05, 0.001);
        SampleSize.SmallestPairedDifference(0.02, 10).ShouldBeNull();
        SampleSize.SmallestUnpairedFall(0.85, 906)!.Value.ShouldBe(0.0514, 0.003);
        SampleSize.PairedNonInferiority(0.05, 0.1, -0.06).ShouldBeNull();

        var random = new SeededRandom(14);
        var needed = SampleSize.PairedNonInferiority(0.05, 0.1)!.Value;
        var shown = 0;
        for (var run = 0; run < 1_000; run++)
        {
            long b = 0, c = 0;
            for (var i = 0; i < needed; i++)
            {
                var u = random.NextDouble();
                if (u < 0.05) b++;
                else if (u < 0.10) c++;
            }
            if (PairedProportions.NonInferiorityPValue(b, c, needed, 0.05) < 0.05) shown++;
        }
        shown.ShouldBeInRange(740, 850);
        ((double)SampleSize.UnpairedNonInferiority(0.8, 0.8, 0.05)!.Value).ShouldBe(792, 2);
    }
}
