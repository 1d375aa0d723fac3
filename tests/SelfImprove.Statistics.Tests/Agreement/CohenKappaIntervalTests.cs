using SelfImprove.Statistics.Agreement;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Tests.Agreement;

public class CohenKappaIntervalTests
{
    [Fact]
    public void Compute_FleissCohenEverittTable_GivesTheirStandardErrorsInterval()
    {
        // Two raters, 100 items: 40 and 30 agreed, 10 and 20 not. po .7, pe .5, kappa .4; by equation 13 the standard error is .0885438.
        var (first, second) = Table(40, 10, 20, 30);

        var interval = CohenKappaInterval.Compute(first, second)!.Value;

        CohenKappa.Compute(first, second).ShouldNotBeNull().ShouldBe(0.4, 1e-9);
        // Wilson's ends of .7 with 100 trials are .60415 and .78106: the wider end counts.
        interval.Lower.ShouldBe(Math.Min(0.4 - 1.959964 * StandardError(), (0.604151 - 0.5) / 0.5), 1e-4);
        interval.Upper.ShouldBe(Math.Max(0.4 + 1.959964 * StandardError(), (0.781055 - 0.5) / 0.5), 1e-4);
    }

    // Computed here from the paper's terms with the numbers of the table written out.
    private static double StandardError()
    {
        const double Kappa = 0.4, Chance = 0.5;
        var same = 0.4 * Math.Pow(1 - (0.5 + 0.6) * (1 - Kappa), 2) + 0.3 * Math.Pow(1 - (0.5 + 0.4) * (1 - Kappa), 2);
        var other = Math.Pow(1 - Kappa, 2) * (0.1 * Math.Pow(0.6 + 0.5, 2) + 0.2 * Math.Pow(0.4 + 0.5, 2));
        return Math.Sqrt((same + other - Math.Pow(Kappa - Chance * (1 - Kappa), 2)) / (100 * Math.Pow(1 - Chance, 2)));
    }

    [Fact]
    public void Compute_FullAgreementOnFewItems_IsNoCertainty()
    {
        var few = CohenKappaInterval.Compute(["a", "b", "a", "b"], ["a", "b", "a", "b"])!.Value;
        var many = CohenKappaInterval.Compute([.. Enumerable.Range(0, 200).Select(i => i % 2)], [.. Enumerable.Range(0, 200).Select(i => i % 2)])!.Value;

        few.Lower.ShouldBeLessThan(0.1);
        many.Lower.ShouldBeGreaterThan(0.9);
        many.Upper.ShouldBe(1);
    }

    [Fact]
    public void Compute_OneCategoryAlone_IsNotComputable() => CohenKappaInterval.Compute(["a", "a"], ["a", "a"]).ShouldBeNull();

    [Theory]
    [InlineData(40, 0.5)]
    [InlineData(100, 0.8)]
    [InlineData(100, 0.95)]
    public void Compute_ManySamples_LowerEndHoldsItsLevel(int items, double agree)
    {
        // Three categories, .4 .2 .4; the second rater repeats the first with probability a, else draws anew: kappa is a.
        var random = new SeededRandom(11);
        var missed = 0;
        const int Runs = 1_000;
        for (var run = 0; run < Runs; run++)
        {
            var first = Enumerable.Range(0, items).Select(_ => Draw(random)).ToList();
            var second = first.Select(f => random.NextBool(agree) ? f : Draw(random)).ToList();
            if (CohenKappaInterval.Compute(first, second) is { } interval && interval.Lower > agree) missed++;
        }
        // One-sided 2.5%, with four standard errors of the simulation.
        (missed / (double)Runs).ShouldBeLessThanOrEqualTo(0.025 + 4 * Math.Sqrt(0.025 * 0.975 / Runs));
    }

    private static int Draw(SeededRandom random) => random.NextDouble() switch { < 0.4 => 0, < 0.6 => 1, _ => 2 };

    private static (List<string> First, List<string> Second) Table(int aa, int ab, int ba, int bb)
    {
        var pairs = Enumerable.Repeat(("a", "a"), aa).Concat(Enumerable.Repeat(("a", "b"), ab)).Concat(Enumerable.Repeat(("b", "a"), ba)).Concat(Enumerable.Repeat(("b", "b"), bb)).ToList();
        return ([.. pairs.Select(p => p.Item1)], [.. pairs.Select(p => p.Item2)]);
    }
}
