using SelfImprove.Local.Lab;

namespace SelfImprove.Local.Tests.Lab;

/// <summary>Short runs on the shipped requests: what the laboratory tells is true, and the same twice.</summary>
public sealed class LaboratoryTests
{
    [Fact]
    public async Task RunAsync_SameSeedTwice_SameTables()
    {
        var options = Options(LabScenario.Drift) with { Interactions = 1_600, Week = 400 };
        var (first, second) = (await new Laboratory(options).RunAsync(), await new Laboratory(options with { Parallel = 1 }).RunAsync());

        Tables(second).ShouldBe(Tables(first));
        first.Results.Select(r => r.Policy).ShouldBe(Enum.GetValues<LabPolicy>());
        new LabTraffic(options, LabScenario.Drift, 2).Requests.ShouldNotBe(new LabTraffic(options, LabScenario.Drift, 1).Requests);
    }

    [Fact]
    public async Task RunAsync_Drift_TheLoopRecoversWhatNeverRetrainingDoesNot()
    {
        var report = await new Laboratory(Options(LabScenario.Drift) with { Interactions = 4_000, Week = 5_000 }).RunAsync();

        var (loop, never) = (report.Results.Single(r => r.Policy == LabPolicy.Loop), report.Results.Single(r => r.Policy == LabPolicy.Never));
        loop.Endings.ShouldContain("Promoted");
        loop.Promotions.ShouldBe(loop.Endings.Count(e => e == "Promoted"));
        loop.FalseTriggers.ShouldBe(0);
        (loop.Labels, loop.Cost).ShouldSatisfyAllConditions(x => x.Labels.ShouldBeGreaterThan(0), x => x.Cost.ShouldBeGreaterThan(x.Labels * LabTeacher.Price));
        loop.Buckets[^1].HeldOut.ShouldBeGreaterThan(never.Buckets[^1].HeldOut + 0.1);
        (loop.Harmed, never.Harmed, never.RecoveredAfter).ShouldBe((true, true, null));
        loop.RecoveredAfter.ShouldNotBeNull().ShouldBeInRange(1, 3_000);
        (never.Labels, never.Cost, never.Runs).ShouldBe((0, 0m, 0));
        // Up to the change the traffic, and so the reward of the same first version, is the same for all.
        loop.Buckets.Where(b => b.To <= 1_000).Select(b => b.Texts).ShouldBe(never.Buckets.Where(b => b.To <= 1_000).Select(b => b.Texts));
        loop.Buckets[^1].To.ShouldBe(4_000);
    }

    [Fact]
    public async Task RunAsync_Regression_TheLoopGoesBackToTheVersionBefore()
    {
        var report = await new Laboratory(Options(LabScenario.Regression) with { Interactions = 3_000 }).RunAsync();

        var (loop, never) = (report.Results.Single(r => r.Policy == LabPolicy.Loop), report.Results.Single(r => r.Policy == LabPolicy.Never));
        (loop.Harmed, never.Harmed, never.RecoveredAfter).ShouldBe((true, true, null));
        // The worse version is so from its first request, has no parent, and was put in by hand: its predecessor's reward tells, and a replay of the predecessor.
        loop.Endings.ShouldBe(["RolledBack"]);
        (loop.RollBacks, loop.FalseRollBacks, loop.Promotions, loop.FalseTriggers).ShouldBe((1, 0, 0, 0));
        loop.RecoveredAfter.ShouldNotBeNull().ShouldBeInRange(1, 1_000);
        loop.Buckets[^1].HeldOut.ShouldBeGreaterThan(never.Buckets[^1].HeldOut + 0.1);
        loop.Buckets[^1].Version.ShouldBe(loop.Buckets[0].Version);
    }

    [Fact]
    public async Task RunAsync_Attack_TheLiarIsPutInQuarantine()
    {
        var report = await new Laboratory(Options(LabScenario.Attack) with { Interactions = 6_000 }).RunAsync();

        var loop = report.Results.Single(r => r.Policy == LabPolicy.Loop);
        (loop.Quarantined, loop.FalseQuarantines, loop.Harmed).ShouldBe((1, 0, true));
        loop.Endings.ShouldContain("Quarantined");
        loop.RecoveredAfter.ShouldNotBeNull().ShouldBeInRange(1, 4_500);
        report.Results.Where(r => r.Policy != LabPolicy.Loop).ShouldAllBe(r => r.RecoveredAfter == null);
    }

    [Fact]
    public void Traffic_OfAnyScenario_KeepsScoredTextsApartAndDiffersInTheChangeAlone()
    {
        var options = Options(LabScenario.Stable) with { Interactions = 2_000 };
        var (stable, attack, drift) = (new LabTraffic(options, LabScenario.Stable, 3), new LabTraffic(options, LabScenario.Attack, 3), new LabTraffic(options, LabScenario.Drift, 3));

        var scored = stable.Requests.Where(r => r.Scored).Select(r => r.Said.Text).ToHashSet();
        stable.Requests.Where(r => !r.Scored).ShouldAllBe(r => !scored.Contains(r.Said.Text));
        stable.Data.Test.ShouldAllBe(t => !stable.Truth.ContainsKey(t.Text));
        attack.Requests.Select(r => (r.User, r.Said)).ShouldBe(stable.Requests.Select(r => (r.User, r.Said)));
        drift.Requests.Take(options.ChangeAt).ShouldBe(stable.Requests.Take(options.ChangeAt));
        var unseen = drift.Data.Unseen.ToHashSet();
        drift.Requests.Take(options.ChangeAt).ShouldAllBe(r => !unseen.Contains(r.Said.Label));
        drift.Requests.Skip(options.ChangeAt + options.DriftOver).Average(r => unseen.Contains(r.Said.Label) ? 1.0 : 0).ShouldBeInRange(0.45, 0.55);
        var lies = attack.Requests.Skip(options.ChangeAt).ToList();
        lies.Where(r => r.Source == LabTraffic.Liar).ShouldAllBe(r => r.Wrong);
        lies.Average(r => r.Source == LabTraffic.Liar ? 1.0 : 0).ShouldBeInRange(0.16, 0.24);
    }

    [Fact]
    public void Meter_ReplaysAndLabelledTexts_AreCountedOnceAndNotAtAll()
    {
        var options = Options(LabScenario.Stable) with { Interactions = 400_000 };
        var traffic = new LabTraffic(options, LabScenario.Stable, 1);
        var labelled = traffic.Requests.First(r => r.Scored).Said.Text;
        var meter = new LabMeter(options, LabScenario.Stable, traffic, text => text == labelled);
        meter.Know("v1", _ => traffic.Data.Known[0]);
        meter.Serve("v1");
        var at = 0;
        while (at < options.Bucket)
        {
            meter.Note(right: true);
            at++;
        }
        meter.CloseBucket(0, 0, 0);

        var scored = traffic.Requests.Take(at).Where(r => r.Scored).Select(r => r.Said.Text).ToList();
        scored.Count.ShouldBeGreaterThan(scored.Distinct().Count());
        var bucket = meter.Result(LabPolicy.Never).Buckets.ShouldHaveSingleItem();
        bucket.Texts.ShouldBe(scored.Distinct().Count(t => t != labelled));
        bucket.Reward.ShouldBe(1);
    }

    private static LabOptions Options(LabScenario scenario) => new() { Scenarios = [scenario], Seeds = 1 };

    private static string Tables(LabReport report)
    {
        using var text = new StringWriter();
        LabCsv.WriteBuckets(report.Results, text);
        LabCsv.WriteRuns(report.Results, text);
        return text.ToString();
    }
}
