using SelfImprove.Statistics.Randomness;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Statistics.Tests.Sequential;

public class AsymptoticConfidenceSequenceTests
{
    [Theory]
    [InlineData(0.80)]
    [InlineData(0.95)]
    public void TwoSided_PeekingAtEveryPair_ErrsAtMostAlpha(double rate)
    {
        var random = new SeededRandom(61);
        var sequence = new AsymptoticConfidenceSequence(0.05, 1_000);
        int wrong = 0, harm = 0;
        const int runs = 1_500, pairs = 3_000;
        for (var run = 0; run < runs; run++)
        {
            long a = 0, b = 0;
            bool missed = false, alarmed = false;
            for (var n = 1; n <= pairs && !(missed && alarmed); n++)
            {
                if (random.NextBool(rate)) a++;
                if (random.NextBool(rate)) b++;
                if (n > 300 && n % 10 != 0) continue; // after the first hundreds, ten pairs hardly move the statistic
                var variance = AsymptoticConfidenceSequence.PseudoCountVariance(a, n) + AsymptoticConfidenceSequence.PseudoCountVariance(b, n);
                var difference = (b - a) / (double)n;
                missed |= sequence.TwoSided(n, difference, variance) is { } interval && !interval.Contains(0);
                alarmed |= sequence.Upper(n, difference, variance) < 0;
            }
            if (missed) wrong++;
            if (alarmed) harm++;
        }
        (wrong / (double)runs).ShouldBeLessThanOrEqualTo(0.05);
        (harm / (double)runs).ShouldBeLessThanOrEqualTo(0.05);
        wrong.ShouldBeGreaterThan(5, "a test that never errs has no power");
    }

    [Fact]
    public void PValue_AtTheIntervalsEnd_IsAlpha()
    {
        var sequence = new AsymptoticConfidenceSequence(0.05, 500);
        var interval = sequence.TwoSided(400, 0.1, 0.3)!.Value;
        sequence.PValue(400, 0.1, 0.3, interval.Lower)!.Value.ShouldBe(0.05, 1e-9);
        var lower = sequence.Lower(400, 0.1, 0.3)!.Value;
        sequence.PValue(400, 0.1, 0.3, lower, oneSided: true)!.Value.ShouldBe(0.05, 1e-9);
        lower.ShouldBeGreaterThan(interval.Lower);
        sequence.Upper(400, 0.1, 0.3)!.Value.ShouldBe(0.2 - lower, 1e-12);
    }

    [Fact]
    public void TwoSided_TooThinData_IsNotComputable()
    {
        var sequence = new AsymptoticConfidenceSequence();
        sequence.TwoSided(29, 0.5, 0.25).ShouldBeNull();
        sequence.TwoSided(30, 0.5, 0.25).ShouldNotBeNull();
        sequence.TwoSided(1_000, 1, 0).ShouldBeNull();
        sequence.PValue(10, 1, 1).ShouldBeNull();
        Should.Throw<ArgumentOutOfRangeException>(() => sequence.TwoSided(100, double.NaN, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => new AsymptoticConfidenceSequence(1.5).TwoSided(100, 0, 1));
        AsymptoticConfidenceSequence.PseudoCountVariance(100, 100).ShouldBe(104.0 / 108 * 4 / 108, 1e-12);
    }
}
