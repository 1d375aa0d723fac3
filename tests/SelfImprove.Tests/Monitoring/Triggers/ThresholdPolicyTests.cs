using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Tests.Monitoring.Triggers;

public sealed class ThresholdPolicyTests
{
    private static readonly TriggerSettings Threshold = new() { Kind = TriggerKind.Threshold };
    private static readonly FeedbackSettings Clean = new();
    private static readonly FeedbackSettings Noisy = new() { WrongShare = 0.15 };

    [Fact]
    public void Decide_GoalMissedClearly_FiresWithQuality()
    {
        var evidence = ThresholdPolicy.Decide(Threshold, Goal(0.9), Noisy, new Traffic("a").Judge(400, Thumbs(0.6, 0.15)).Signals());

        evidence.Fired.ShouldBeTrue(evidence.Reason);
        evidence.Numbers["quality"].ShouldBe(0.6, 0.12);
        evidence.Numbers["qualityAtMost"].ShouldBeLessThan(0.9);
    }

    [Fact]
    public void Decide_GoalReached_DoesNotFire() => ThresholdPolicy.Decide(Threshold, Goal(0.9), Clean, new Traffic("b").Judge(400, 0.93).Signals()).Fired.ShouldBeFalse();

    [Fact]
    public void Decide_MissedButNotSurely_DoesNotFire() => ThresholdPolicy.Decide(Threshold, Goal(0.9), Clean, new Traffic("c").Judge(60, 0.85).Signals()).Fired.ShouldBeFalse();

    [Fact]
    public void Decide_NoTargetOrTooFew_DoesNotFire()
    {
        ThresholdPolicy.Decide(Threshold, Goal(null), Clean, new Traffic("d").Judge(400, 0.1).Signals()).Reason.ShouldBe("The goal has no target.");
        ThresholdPolicy.Decide(Threshold, Goal(0.9), Clean, new Traffic("d").Judge(29, 0.1).Signals()).Reason.ShouldBe("29 judged tasks of the champion; at least 30 are needed.");
        ThresholdPolicy.Decide(Threshold, Goal(0.9), Clean, null).Fired.ShouldBeFalse();
    }

    [Fact]
    public void Decide_PerfectStudentWithWrongThumbs_NeverFires()
    {
        var (traffic, fired, naive) = (new Traffic("perfect"), 0, 0);
        for (var look = 0; look < 1_500; look++)
        {
            var signals = traffic.Judge(20, Thumbs(1, 0.15)).Signals();
            if (ThresholdPolicy.Decide(Threshold, Goal(0.95), Noisy, signals).Fired) fired++;
            if (ThresholdPolicy.Decide(Threshold, Goal(0.95), Clean, signals).Fired) naive++;
        }

        fired.ShouldBe(0);
        naive.ShouldBeGreaterThan(1_000);
    }

    [Theory]
    [InlineData(0.6, 0.6, 0.2, 0.6)]
    [InlineData(0.5, 0.5, 0.5, 0.95)]
    [InlineData(0.6, 0.6, 0.1, 0.1)]
    public void Decide_OnlyWhoAnswersChanged_NeverFires(double happy, double unhappy, double happyLater, double unhappyLater)
    {
        // 95 of 100 answers are right all the time; the target is met all the time, though the mean of thumbs falls well below it.
        for (var seed = 0; seed < 10; seed++)
        {
            var (random, traffic, thumbs) = (new SeededRandom($"response-{seed}"), new RollingTraffic(), 0);
            for (var request = 0; request < 4_000; request++)
            {
                var right = random.NextBool(0.95);
                var late = request >= 1_500;
                if (!random.NextBool((right, late) switch { (true, false) => happy, (true, true) => happyLater, (false, false) => unhappy, _ => unhappyLater }))
                {
                    traffic.Serve();
                    continue;
                }
                traffic.Add(right);
                if (++thumbs % 20 == 0) ThresholdPolicy.Decide(Threshold, Goal(0.92), Clean, traffic.Signals()).Fired.ShouldBeFalse($"seed {seed}, request {request}");
            }
        }
    }

    [Fact]
    public void Decide_QualityFellWhileResponseStayed_FiresAndTellsTheRate()
    {
        var (random, traffic) = (new SeededRandom("fell"), new RollingTraffic());
        for (var request = 0; request < 3_000; request++)
            if (random.NextBool(0.6)) traffic.Add(random.NextBool(request < 1_800 ? 0.95 : 0.75));
            else traffic.Serve();

        var evidence = ThresholdPolicy.Decide(Threshold, Goal(0.92), Clean, traffic.Signals());

        evidence.Fired.ShouldBeTrue(evidence.Reason);
        evidence.Numbers["responseBefore"].ShouldBe(0.6, 0.05);
        evidence.Numbers["responseNow"].ShouldBe(0.6, 0.05);
        evidence.Numbers["withinPart"].ShouldBeLessThan(-0.1);
    }

    [Fact]
    public void Decide_OldTasksOutsideTheWindow_DoNotCount() =>
        ThresholdPolicy.Decide(Threshold with { Window = 100 }, Goal(0.9), Clean, new Traffic("e").Judge(1_500, 0.2).Judge(100, 0.97).Signals()).Fired.ShouldBeFalse();

    private static GoalSettings Goal(double? target) => new() { Metric = "helpful", Target = target };

    private static double Thumbs(double quality, double wrong) => quality * (1 - wrong) + (1 - quality) * wrong;
}
