using System.Text.Json;
using SelfImprove.Statistics.Bayes;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Statistics.Tests.Sequential;

[Trait("Data", "reference")]
public class SequentialVectorTests
{
    private static readonly JsonElement File = Vectors.Read("sequential.json");

    public static TheoryData<int> ConfseqCases() => [.. Enumerable.Range(0, File.GetProperty("confseq").GetProperty("cases").GetArrayLength())];

    public static TheoryData<int> MsprtCases() => [.. Enumerable.Range(0, File.GetProperty("msprt").GetProperty("cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(ConfseqCases))]
    public void Confseq_ReferenceCases_Agree(int number)
    {
        var c = File.GetProperty("confseq").GetProperty("cases")[number];
        var args = c.GetProperty("args");
        double A(string name) => args.Number(name);
        var alphaOpt = args.OptionalNumber("alpha_opt") ?? 0.05;
        var expected = c.GetProperty("expected");
        var function = c.GetProperty("function").GetString()!;
        if (function == "bernoulli_confidence_interval")
        {
            var interval = new BernoulliConfidenceSequence(A("alpha"), A("t_opt"), alphaOpt).Interval((long)A("num_successes"), (long)A("num_trials"));
            interval.Lower.ShouldBe(expected[0].GetDouble(), 1e-5);
            interval.Upper.ShouldBe(expected[1].GetDouble(), 1e-5);
            return;
        }
        var actual = function switch
        {
            "two_sided_normal_mixture.best_rho" => Mixture.BestRho(A("v_opt"), alphaOpt),
            "normal_log_mixture(two-sided)" => TwoSidedNormalMixture.TunedFor(A("v_opt"), alphaOpt).LogMixture(A("s"), A("v")),
            "normal_log_mixture(one-sided)" => OneSidedNormalMixture.TunedFor(A("v_opt"), alphaOpt).LogMixture(A("s"), A("v")),
            "normal_mixture_bound(one-sided)" => OneSidedNormalMixture.TunedFor(A("v_opt"), alphaOpt).Bound(A("v"), A("alpha")),
            "beta_binomial_mixture_bound(two-sided)" => new BetaBinomialMixture(A("v_opt"), alphaOpt, A("g"), A("h"), oneSided: false).Bound(A("v"), A("alpha")),
            "beta_binomial_log_mixture(one-sided)" => new BetaBinomialMixture(A("v_opt"), alphaOpt, A("g"), A("h"), oneSided: true).LogMixture(A("s"), A("v")),
            "poly_stitching_bound" => StitchedBounds.Polynomial(A("v"), A("alpha"), A("v_min"), A("c"), A("s"), A("eta")),
            "gamma_poisson_mixture_bound" => new GammaPoissonMixture(A("v_opt"), alphaOpt, A("c")).Bound(A("v"), A("alpha")),
            "empirical_process_lil_bound" => StitchedBounds.EmpiricalProcess(A("t"), A("alpha"), A("t_min"), A("A"))!.Value,
            "quantile_ab_p_value" => new QuantileComparison(A("quantile_p"), A("t_opt"), alphaOpt).PValue(Range(args, "a"), Range(args, "b"))!.Value,
            _ => throw new NotSupportedException($"The vectors name an unknown function: {function}."),
        };
        actual.ShouldBe(expected.GetDouble(), 1e-5);
    }

    [Fact]
    public void GrowthBook_ReferenceCases_Agree()
    {
        var cases = File.GetProperty("growthbook").GetProperty("cases");
        foreach (var (number, relative) in new[] { (0, true), (1, true), (2, false) })
        {
            var input = cases[number].GetProperty("input");
            var expected = cases[number].GetProperty("expected").Numbers();
            var (a, b) = (Arm(input.GetProperty("a")), Arm(input.GetProperty("b")));
            var test = new SequentialEffect(input.Number("alpha"), input.Number("tuning"), Relative: relative);
            if (number == 2)
            {
                var greater = (test with { Alternative = Alternative.Greater }).Compare(a, b)!;
                var less = (test with { Alternative = Alternative.Less }).Compare(a, b)!;
                greater.Effect.ShouldBe(expected[0], 1e-5);
                greater.Interval.Lower.ShouldBe(expected[1], 1e-5);
                double.IsPositiveInfinity(greater.Interval.Upper).ShouldBeTrue();
                less.Interval.Upper.ShouldBe(expected[2], 1e-5);
                less.PValue.ShouldBe(1);
                continue;
            }
            var result = test.Compare(a, b)!;
            result.Effect.ShouldBe(expected[0], 1e-5);
            result.Interval.Lower.ShouldBe(expected[1], 1e-5);
            result.Interval.Upper.ShouldBe(expected[2], 1e-5);
            result.StandardError.ShouldBe(expected[3], 1e-5);
            result.PValue.ShouldBe(expected[4], 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(MsprtCases))]
    public void MixtureSprt_ReferenceCases_Agree(int number)
    {
        var c = File.GetProperty("msprt").GetProperty("cases")[number];
        var (n, x, y, tau2) = ((long)c.Number("n"), c.Number("x_mean"), c.Number("y_mean"), c.Number("tau2"));
        var log = c.GetProperty("kind").GetString()!.StartsWith("normal", StringComparison.Ordinal)
            ? MixtureSprt.LogRatioNormal(n, x, y, c.Number("sigma2"), tau2)
            : MixtureSprt.LogRatioBernoulli(n, x, y, tau2)!.Value;
        Math.Exp(log).ShouldBe(c.Number("value"), 1e-9);
    }

    [Fact]
    public void BetaPosterior_ReferenceCases_Agree()
    {
        foreach (var c in File.GetProperty("beta_thompson").GetProperty("cases").EnumerateArray())
            Posterior(c.GetProperty("b")).ProbabilityAbove(Posterior(c.GetProperty("a"))).ShouldBe(c.Number("p_b_beats_a"), 1e-10);
    }

    [Fact]
    public void Betting_ReferenceStream_HasItsCapitalAndIntervals()
    {
        var betting = File.GetProperty("betting");
        var capital = betting.GetProperty("confseq_reference_capital").EnumerateArray().ToDictionary(e => e[0].GetInt32(), e => e[1].GetDouble());
        var intervals = betting.GetProperty("confseq_reference_cs_at").EnumerateArray().ToDictionary(e => e[0].GetInt32(), e => (e[1].GetDouble(), e[2].GetDouble()));
        var sequence = new BettingConfidenceSequence(betting.Number("alpha"), (int)betting.Number("breaks"));
        double[] pattern = [1, 1, 0, 1, 1, 1, 0, 1, 1, 1];
        for (var n = 1; n <= 100; n++)
        {
            sequence.Add(pattern[(n - 1) % 10]);
            if (capital.TryGetValue(n, out var won)) sequence.Capital(0.5).ShouldBe(won, won * 1e-9);
            if (!intervals.TryGetValue(n, out var ends)) continue;
            sequence.Interval().Lower.ShouldBe(ends.Item1, 1e-9);
            sequence.Interval().Upper.ShouldBe(ends.Item2, 1e-9);
        }
    }

    private static BetaPosterior Posterior(JsonElement counts) => BetaPosterior.From((long)counts.Number("success"), (long)counts.Number("fail"));

    private static SampleMoments? Arm(JsonElement arm) => arm.OptionalNumber("sum_squares") is { } squares
        ? SampleMoments.FromSums((long)arm.Number("n"), arm.Number("sum"), squares)
        : SampleMoments.FromProportion((long)arm.Number("sum"), (long)arm.Number("n"));

    private static double[] Range(JsonElement args, string name)
    {
        var ends = args.GetProperty(name).GetString()!.Split("..").Select(int.Parse).ToArray();
        return [.. Enumerable.Range(ends[0], ends[1] - ends[0] + 1).Select(i => (double)i)];
    }
}
