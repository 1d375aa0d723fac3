using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Triggers;

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

    [Fact]
    public void Decide_OldTasksOutsideTheWindow_DoNotCount() =>
        ThresholdPolicy.Decide(Threshold with { Window = 100 }, Goal(0.9), Clean, new Traffic("e").Judge(1_500, 0.2).Judge(100, 0.97).Signals()).Fired.ShouldBeFalse();

    private static GoalSettings Goal(double? target) => new() { Metric = "helpful", Target = target };

    private static double Thumbs(double quality, double wrong) => quality * (1 - wrong) + (1 - quality) * wrong;
}
