using System.Text.Json;
using SelfImprove.Statistics.Bayes;
using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Statistics.Tests.Sequential;

/// <summary>False positives under peeking, power, and the edges of each method.</summary>
public class SequentialErrorRateTests
{
    [Theory]
    [InlineData(0.80)]
    [InlineData(0.95)]
    public void MixturesAndMsprt_PeekingAtEveryPair_ErrAtMostAlpha(double rate)
    {
        var random = new SeededRandom(101);
        var growthBook = new SequentialEffect(0.05, 5_000);
        const int runs = 600, pairs = 3_000;
        int sequential = 0, msprt = 0, plain = 0;
        for (var run = 0; run < runs; run++)
        {
            long a = 0, b = 0;
            bool s = false, m = false, z = false;
            for (var n = 1; n <= pairs; n++)
            {
                if (random.NextBool(rate)) a++;
                if (random.NextBool(rate)) b++;
                if (n < 30) continue;
                if (!m) m = MixtureSprt.LogRatioBernoulli(n, a / (double)n, b / (double)n, 0.0025) is { } log && MixtureSprt.PValue(log) <= 0.05;
                if (n > 200 && n % 4 != 0) continue;
                var result = growthBook.Compare(SampleMoments.FromProportion(a, n), SampleMoments.FromProportion(b, n));
                s |= result?.PValue <= 0.05;
                z |= result is not null && Math.Abs(result.Effect) > 1.96 * result.StandardError;
            }
            (sequential, msprt, plain) = (sequential + (s ? 1 : 0), msprt + (m ? 1 : 0), plain + (z ? 1 : 0));
        }
        (sequential / (double)runs).ShouldBeLessThanOrEqualTo(0.05);
        (msprt / (double)runs).ShouldBeLessThanOrEqualTo(0.05);
        (plain / (double)runs).ShouldBeGreaterThan(0.3, "the plain test is what peeking breaks; otherwise this test proves nothing");
    }

    [Fact]
    public void SequentialEffect_TrueGain_IsFoundInTheMedianMeasured()
    {
        var random = new SeededRandom(102);
        var test = new SequentialEffect(0.05, 5_000);
        var times = new List<int>();
        for (var run = 0; run < 200; run++)
        {
            long a = 0, b = 0;
            var n = 0;
            while (n < 5_000)
            {
                n++;
                if (random.NextBool(0.80)) a++;
                if (random.NextBool(0.85)) b++;
                if (n >= 30 && n % 5 == 0 && test.Compare(SampleMoments.FromProportion(a, n), SampleMoments.FromProportion(b, n))?.PValue <= 0.05) break;
            }
            times.Add(n);
        }
        times.Sort();
        times[100].ShouldBeInRange(700, 1_300);
    }

    [Fact]
    public void BettingAndBernoulli_AllTimes_CoverTheRate()
    {
        var random = new SeededRandom(103);
        const int runs = 300, trials = 600;
        int betting = 0, bernoulli = 0, oneSided = 0, process = 0;
        var exact = new BernoulliConfidenceSequence(0.05, 200);
        var mixture = new BetaBinomialMixture(200 * 0.09, 0.05, 0.1, 0.9, oneSided: true);
        for (var run = 0; run < runs; run++)
        {
            var bets = new BettingConfidenceSequence(0.05, 20);
            long k = 0;
            bool missedBet = false, missedExact = false, missedOne = false, missedProcess = false;
            for (var n = 1; n <= trials; n++)
            {
                var hit = random.NextBool(0.1);
                if (hit) k++;
                bets.Add(hit ? 1 : 0);
                missedBet |= bets.Capital(0.1) > 20;
                missedExact |= exact.PValue(k, n, 0.1) < 0.05;
                missedOne |= mixture.PValue(k - 0.1 * n, 0.09 * n) < 0.05;
                missedProcess |= Math.Abs(k / (double)n - 0.1) > StitchedBoundsAt(n);
            }
            betting += missedBet ? 1 : 0;
            bernoulli += missedExact ? 1 : 0;
            oneSided += missedOne ? 1 : 0;
            process += missedProcess ? 1 : 0;
        }
        new[] { betting, bernoulli, oneSided, process }.ShouldAllBe(missed => missed <= 0.05 * runs);

        static double StitchedBoundsAt(int n) => n < 10 ? 1 : StitchedBounds.Polynomial(0.25 * n, 0.025, 0.25 * 10) / n;
    }

    [Fact]
    public void Bound_EveryMixture_IsWhereTheMixtureReachesOneOverAlpha()
    {
        Mixture[] mixtures =
        [
            TwoSidedNormalMixture.TunedFor(50), OneSidedNormalMixture.TunedFor(50), new BetaBinomialMixture(50, 0.05, 0.3, 0.7, true),
            new BetaBinomialMixture(50, 0.05, 0.3, 0.7, false), new GammaExponentialMixture(50, 0.05, 1.5), new GammaPoissonMixture(50, 0.05, 1.5),
        ];
        foreach (var mixture in mixtures)
        {
            foreach (var v in new[] { 5.0, 50, 5_000, 500_000 })
            {
                var bound = mixture.Bound(v, 0.05);
                mixture.LogMixture(bound, v).ShouldBe(Math.Log(20), 1e-6, $"{mixture.GetType().Name} at {v}");
                mixture.PValue(bound, v).ShouldBe(0.05, 1e-6);
                mixture.Bound(v, 0.01).ShouldBeGreaterThan(bound);
            }
        }
        // A small scale makes the gamma mixtures sub-Gaussian.
        new GammaExponentialMixture(50, 0.05, 0.01).Bound(50, 0.05).ShouldBe(OneSidedNormalMixture.TunedFor(50).Bound(50, 0.05), 0.2);
        new GammaPoissonMixture(50, 0.05, 0.01).Bound(50, 0.05).ShouldBe(OneSidedNormalMixture.TunedFor(50).Bound(50, 0.05), 0.2);
    }

    [Fact]
    public void BernoulliInterval_Extremes_StayInsideZeroAndOne()
    {
        var sequence = new BernoulliConfidenceSequence(0.05, 100);
        sequence.Interval(0, 0).ShouldBe(new ConfidenceInterval(0, 1));
        sequence.Interval(0, 100).Lower.ShouldBe(0);
        sequence.Interval(0, 100).Upper.ShouldBeInRange(0.03, 0.15);
        sequence.Interval(100, 100).Lower.ShouldBe(1 - sequence.Interval(0, 100).Upper, 1e-9);
        sequence.Interval(500_000, 1_000_000).Width.ShouldBeLessThan(0.006);
        Should.Throw<ArgumentOutOfRangeException>(() => sequence.Interval(3, 2));
    }

    [Fact]
    public void SequentialEffect_ThinData_IsNotComputable()
    {
        var test = new SequentialEffect();
        test.Compare(null, SampleMoments.FromProportion(1, 2)).ShouldBeNull();
        test.Compare(SampleMoments.FromProportion(5, 5), SampleMoments.FromProportion(5, 5)).ShouldBeNull();
        (test with { Relative = true }).Compare(SampleMoments.FromProportion(0, 5), SampleMoments.FromProportion(2, 5)).ShouldBeNull();
        SampleMoments.FromSums(1, 3, 9).ShouldBeNull();
        MixtureSprt.LogRatioBernoulli(10, 1, 1, 0.01).ShouldBeNull();
        StitchedBounds.EmpiricalProcess(10, 0.05, 100).ShouldBeNull();
        new QuantileComparison(0.5).PValue([], [1]).ShouldBeNull();
    }

    [Fact]
    public void MixtureSprt_OneSampleAndTau_FollowTheFormula()
    {
        MixtureSprt.LogRatioNormalOneSample(100, 0.3, 1, 0.1).ShouldBe(0.5 * Math.Log(1 / 11.0) + 1e4 * 0.1 * 0.09 / (2 * 11), 1e-12);
        var b = 2 * Math.Log(20) / Math.Sqrt(5_000 * 0.2);
        MixtureSprt.BestTau2(0.05, 0.2, 5_000).ShouldBe(0.2 * Normal.UpperTail(b) / (Normal.Density(b) / b - Normal.UpperTail(b)), 1e-12);
        MixtureSprt.PValue(-3).ShouldBe(1);
    }

    [Fact]
    public void BettingState_ThroughJson_GoesOnUnchanged()
    {
        var random = new SeededRandom(104);
        var sequence = new BettingConfidenceSequence(0.05, 100);
        for (var i = 0; i < 50; i++) sequence.Add(random.NextBeta(2, 3));
        var stored = JsonSerializer.Deserialize<BettingState>(JsonSerializer.Serialize(sequence.ToState(), JsonSerializerOptions.Web), JsonSerializerOptions.Web)!;
        var restored = new BettingConfidenceSequence(0.05, 100, state: stored);
        sequence.Add(0.4);
        restored.Add(0.4);
        restored.Interval().ShouldBe(sequence.Interval());
        restored.Interval().Contains(0.4).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => new BettingConfidenceSequence(0.05, 50, state: stored));
        new BettingConfidenceSequence().Interval().ShouldBe(new ConfidenceInterval(0, 1));
    }

    [Fact]
    public void ProbabilityAbove_AnyPrior_MatchesTheClosedSumAndSymmetry()
    {
        var a = BetaPosterior.From(12, 5);
        var b = BetaPosterior.From(40, 9);
        // Miller 2015: sum over i below alpha_B of B(alpha_A + i, beta_A + beta_B) / ((beta_B + i) B(1 + i, beta_B) B(alpha_A, beta_A)).
        var sum = Enumerable.Range(0, (int)b.Alpha).Sum(i => Math.Exp(
            Beta.LogFunction(a.Alpha + i, a.Beta + b.Beta) - Math.Log(b.Beta + i) - Beta.LogFunction(1 + i, b.Beta) - Beta.LogFunction(a.Alpha, a.Beta)));
        b.ProbabilityAbove(a).ShouldBe(sum, 1e-11);
        (BetaPosterior, BetaPosterior)[] pairs =
        [
            (new BetaPosterior(0.5, 0.5), new BetaPosterior(3.2, 0.1)), (new BetaPosterior(5e5, 5e4), new BetaPosterior(5.01e5, 5e4)),
            (new BetaPosterior(0.01, 0.02), new BetaPosterior(1, 1)),
        ];
        foreach (var (x, y) in pairs)
            (x.ProbabilityAbove(y) + y.ProbabilityAbove(x)).ShouldBe(1, 1e-9);
        a.ProbabilityAbove(a).ShouldBe(0.5, 1e-10);
        new BetaPosterior(1, 1).ProbabilityAbove(new BetaPosterior(1, 3)).ShouldBe(0.75, 1e-12);
        a.Interval().Contains(a.Mean).ShouldBeTrue();
    }
}
