using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Statistics.SampleRatio;

namespace SelfImprove.Statistics.Tests.SampleRatio;

public class SampleRatioTests
{
    [Fact]
    public void TwoArms_KnownSplit_GivesExactAndChiSquareValues()
    {
        var broken = SampleRatioCheck.TwoArms(821_588, 815_482, 0.5)!;
        broken.IsMismatch.ShouldBeTrue();
        broken.PValue.ShouldBeInRange(1e-6, 3e-6);
        SampleRatioCheck.Arms([821_588, 815_482], [0.5, 0.5])!.PValue.ShouldBe(broken.PValue, 1e-8);
        SampleRatioCheck.TwoArms(90, 10, 0.1)!.PValue.ShouldBe(1);
        SampleRatioCheck.TwoArms(0, 0, 0.5).ShouldBeNull();
    }

    [Fact]
    public void Arms_ThreeArms_IsPearson()
    {
        var result = SampleRatioCheck.Arms([50, 30, 20], [1, 1, 1])!;
        result.Statistic.ShouldBe(14, 1e-9);
        result.PValue.ShouldBe(ChiSquare.UpperTail(14, 2));
        SampleRatioCheck.Arms([3, 2], [1, 1]).ShouldBeNull();
        Should.Throw<ArgumentException>(() => SampleRatioCheck.Arms([3, 2], [1, 1, 1]));
    }

    [Fact]
    public void Sequences_PeekingAtEveryUnit_RarelyCryWolfAndFindABrokenSplit()
    {
        var random = new SeededRandom(21);
        const int runs = 400, units = 2_000;
        int falseFixed = 0, falseRamped = 0, found = 0, foundRamped = 0;
        for (var run = 0; run < runs; run++)
        {
            var broken = run % 2 == 1;
            long treated = 0, treatedRamped = 0;
            double probabilities = 0, variance = 0;
            bool alarm = false, alarmRamped = false;
            for (var i = 1; i <= units; i++)
            {
                if (random.NextBool(broken ? 0.25 : 0.2)) treated++;
                var share = i < units / 2 ? 0.1 : 0.5;
                if (random.NextBool(broken ? share * 1.2 : share)) treatedRamped++;
                probabilities += share;
                variance += share * (1 - share);
                if (i % 5 != 0) continue;
                alarm |= SampleRatioSequence.PValue([i - treated, treated], [0.8, 0.2]) < 0.01;
                alarmRamped |= SampleRatioSequence.PValueOfSurplus(treatedRamped - probabilities, variance) < 0.01;
            }
            if (broken) (found, foundRamped) = (found + (alarm ? 1 : 0), foundRamped + (alarmRamped ? 1 : 0));
            else (falseFixed, falseRamped) = (falseFixed + (alarm ? 1 : 0), falseRamped + (alarmRamped ? 1 : 0));
        }
        falseFixed.ShouldBeLessThanOrEqualTo(5);
        falseRamped.ShouldBeLessThanOrEqualTo(5);
        found.ShouldBeGreaterThan(180);
        foundRamped.ShouldBeGreaterThan(150);
        SampleRatioSequence.PValue([0, 0], [1, 1]).ShouldBeNull();
        SampleRatioSequence.PValueOfSurplus(1, 1).ShouldBeNull();
    }
}
