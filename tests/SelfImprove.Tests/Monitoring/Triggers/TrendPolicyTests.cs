using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Tests.Monitoring.Triggers;

public sealed class TrendPolicyTests
{
    // Shared: calibrations are kept.
    private static readonly TrendThresholds Thresholds = new();
    private static readonly TriggerSettings Trend = new() { Kind = TriggerKind.Trend };
    private readonly TrendPolicy _policy = new(Thresholds);

    [Fact]
    public void Decide_LastingDecline_FiresWithEvidence()
    {
        var evidence = _policy.Decide(Trend, new Traffic("a").Judge(600, 0.9).Judge(150, 0.7).Signals());

        evidence.Fired.ShouldBeTrue(evidence.Reason);
        evidence.By.ShouldBe("trend");
        evidence.Reason.ShouldStartWith("Reward fell from 0.");
        evidence.Numbers["cusum"].ShouldBeGreaterThan(evidence.Numbers["cusumThreshold"]);
        evidence.Numbers.Keys.ShouldContain("mannKendallP");
        evidence.Numbers.Keys.ShouldContain("adwinAlarms");
        evidence.Numbers.Keys.ShouldContain("pageHinkleyAlarms");
    }

    [Fact]
    public void Decide_NoDecline_DoesNotFire() => _policy.Decide(Trend, new Traffic("b").Judge(3_000, 0.9).Signals()).Fired.ShouldBeFalse();

    [Fact]
    public void Decide_RingTurnedOver_StillKnowsItsReference() =>
        _policy.Decide(Trend, new Traffic("c").Judge(1_000, 0.9).Judge(5_000, 0.75).Signals()).Fired.ShouldBeTrue();

    [Fact]
    public void Decide_DeclineThatPassed_DoesNotFire() =>
        _policy.Decide(Trend, new Traffic("d").Judge(600, 0.9).Judge(150, 0.6).Judge(300, 0.92).Signals()).Fired.ShouldBeFalse();

    [Fact]
    public void Decide_YoungVersion_UsesHalfAsReference() =>
        _policy.Decide(Trend, new Traffic("e").Judge(60, 0.9).Judge(60, 0.3).Signals()).ShouldSatisfyAllConditions(
            e => e.Fired.ShouldBeTrue(), e => e.Numbers["referenceJudged"].ShouldBe(50));

    [Fact]
    public void Decide_TooFewJudged_SaysHowManyAreNeeded()
    {
        _policy.Decide(Trend, new Traffic("f").Judge(99, 0.1).Signals()).Reason.ShouldBe("99 judged tasks of the champion; at least 100 are needed, half of them as the reference.");
        _policy.Decide(Trend, null).Fired.ShouldBeFalse();
    }

    [Fact]
    public void Decide_FractionalRewardsFall_Fires()
    {
        var traffic = new Traffic("g");
        for (var i = 0; i < 400; i++) traffic.Add(0.9 + 0.01 * (i % 3));
        for (var i = 0; i < 200; i++) traffic.Add(0.65 + 0.01 * (i % 3));

        _policy.Decide(Trend, traffic.Signals()).Fired.ShouldBeTrue();
    }

    [Fact]
    public void Decide_OneSliceCollapses_FiresThoughTheWholeHolds()
    {
        var traffic = new Traffic("h");
        for (var i = 0; i < 30; i++) traffic.Judge(1, 0.93, "decision=book").Judge(39, 0.9, $"decision=d{i % 10}");
        traffic.Judge(25, 0.95, "decision=book");
        for (var i = 0; i < 30; i++) traffic.Judge(1, 0.15, "decision=book").Judge(39, 0.91, $"decision=d{i % 10}");

        var evidence = _policy.Decide(Trend, traffic.Signals());

        evidence.Fired.ShouldBeTrue(evidence.Reason);
        evidence.Reason.ShouldStartWith("Reward of decision=book fell from ");
        evidence.Numbers["cusum"].ShouldBeLessThan(evidence.Numbers["cusumThreshold"]);
    }

    [Fact]
    public void Decide_SliceIsWeakFromTheStart_IsNoDecline()
    {
        var traffic = new Traffic("i");
        for (var i = 0; i < 90; i++) traffic.Judge(1, 0.3, "decision=book").Judge(19, 0.9, $"decision=d{i % 5}");

        _policy.Decide(Trend, traffic.Signals()).Fired.ShouldBeFalse();
    }

    [Fact]
    public void Decide_StableTrafficWatchedAllTheTime_KeepsToTheToleratedFalseAlarms()
    {
        var (episodes, thumbs) = (0, 0);
        for (var stream = 0; stream < 16; stream++)
        {
            var (traffic, random, wasFired) = (new Traffic($"quiet-{stream}").Judge(600, 0.85), new SeededRandom($"slices-{stream}"), false);
            for (var look = 0; look < 60; look++, thumbs += 50)
            {
                for (var i = 0; i < 50; i++) traffic.Judge(1, 0.85, $"decision=d{random.Next(12)}");
                var fired = _policy.Decide(Trend, traffic.Signals()).Fired;
                if (fired && !wasFired) episodes++;
                wasFired = fired;
            }
        }

        // Twice the tolerated rate leaves room for chance over so few thumbs; the rate itself is held in TrendRatesTests.
        (1_000.0 * episodes / thumbs).ShouldBeLessThanOrEqualTo(2 * Trend.FalseAlarmsPerThousand);
    }

    [Fact]
    public void Decide_YoungStableVersions_KeepToTheToleratedFalseAlarmsToo()
    {
        const int Versions = 120, Looks = 26;
        var fired = Enumerable.Range(0, Versions).Count(v =>
        {
            var traffic = new Traffic($"young-{v}").Judge(80, 0.85);
            return Enumerable.Range(0, Looks).Any(_ => _policy.Decide(Trend, traffic.Judge(20, 0.85).Signals()).Fired);
        });

        // Tolerated: 3.6 in 72,000. Seeded; twice that leaves room for chance.
        fired.ShouldBeLessThanOrEqualTo(7);
    }
}
