using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Agents.Routing;
using SelfImprove.Deployment;
using SelfImprove.Testing.Rollouts;
using Xunit.Abstractions;

namespace SelfImprove.Tests.Deployment.Simulation;

/// <summary>The real orchestrator in virtual time, and that the fold which the other tests use ends as it does.</summary>
[Collection(OneAtATime)]
public sealed class RolloutFleetTests(ITestOutputHelper output)
{
    /// <summary>Each of these tests keeps all cores busy.</summary>
    internal const string OneAtATime = "rollout simulation";

    private const ulong Seed = 31;

    [Fact]
    public async Task Fleet_RandomScenarios_EndAsTheFoldDoesAtTheSameRequest()
    {
        var scenarios = Scenarios().Sample(32, new Rnd(Seed), 32).ToArray();

        var ends = await RolloutFleet.PlayAsync([.. scenarios.Select((s, i) => new RolloutTraffic(s, Seed, i))]);

        for (var i = 0; i < scenarios.Length; i++)
        {
            var fold = RolloutFold.Play(new RolloutTraffic(scenarios[i], Seed, i));
            (ends[i] with { Reason = "" }).ShouldBe(fold with { Reason = "" }, scenarios[i].ToString());
            ends[i].Reason.ShouldContain(fold.Reason);
        }
        ends.Select(e => e.Outcome).Distinct().ShouldBe([RolloutOutcome.Promoted, RolloutOutcome.RolledBack, RolloutOutcome.Expired, RolloutOutcome.Voided], ignoreOrder: true);
    }

    [Fact]
    public async Task Fleet_PeekingAtEveryRequest_DecidesWithinItsErrorRates()
    {
        var expected = RolloutScenarios.All[0];
        var scenario = expected.Scenario with { Requests = 400 };

        var tally = new RolloutTally(scenario, await RolloutFleet.PlayAsync([.. Enumerable.Range(0, 20).Select(i => new RolloutTraffic(scenario, Seed, i))]));

        output.WriteLine(tally.ToString());
        expected.Broken(tally).ShouldBeEmpty();
    }

    [Fact]
    public async Task Fleet_FallOfTenPoints_IsRolledBackAndTheChampionServesAll()
    {
        var expected = RolloutScenarios.All.First(e => e.Scenario.Name == RolloutScenarios.Fall.Name);
        var scenario = expected.Scenario with { LookEvery = 5 };
        await using var fleet = await RolloutFleet.OpenAsync([.. Enumerable.Range(0, 30).Select(i => new RolloutTraffic(scenario, Seed, i))]);

        var tally = new RolloutTally(scenario, await fleet.PlayAsync());

        output.WriteLine(tally.ToString());
        expected.Broken(tally).ShouldBeEmpty();
        foreach (var run in fleet.Runs)
        {
            var table = await fleet.Get<RoutingStore>().GetAsync(run.Agent);
            (table!.Champion, table.Experiment).ShouldBe(("v1", null));
        }
    }

    [Fact]
    public async Task Fleet_InTheShadowFirst_EndsAsTheFoldDoesAndChampionsStayWhereItIsHarmful()
    {
        RolloutScenario[] scenarios =
        [
            .. from gain in (double[])[-0.3, -0.1, 0, 0.15]
               from share in (double[])[1, 0.4]
               from users in (int[])[0, 120]
               select new RolloutScenario
               {
                   Name = $"{gain}, {share}, {users}", Champion = 0.8, Gain = gain, ShadowRequests = 150, ShadowShare = share, Users = users, Correlation = 0.1, Errors = 0.02,
                   Requests = 900, LookEvery = 7, MinKeys = 20,
               },
            new() { Name = "too few", ShadowRequests = 100, ShadowShare = 0.05, Requests = 300, LookEvery = 10 },
            new() { Name = "not all of them", ShadowRequests = 200, ShadowShare = 0.3, Requests = 400, LookEvery = 10, MinKeys = 20 },
        ];
        await using var fleet = await RolloutFleet.OpenAsync([.. scenarios.Select((s, i) => new RolloutTraffic(s, Seed, i))]);

        var ends = await fleet.PlayAsync();

        for (var i = 0; i < scenarios.Length; i++)
        {
            var fold = RolloutFold.Play(new RolloutTraffic(scenarios[i], Seed, i));
            (ends[i] with { Reason = "" }).ShouldBe(fold with { Reason = "" }, scenarios[i].ToString());
            ends[i].Reason.ShouldContain(fold.Reason);
            var table = await fleet.Get<RoutingStore>().GetAsync(fleet.Runs[i].Agent);
            (table!.Champion, table.Experiment).ShouldBe((ends[i].Outcome == RolloutOutcome.Promoted ? "v2" : "v1", null));
            if (ends[i].Outcome == RolloutOutcome.WithdrawnInShadow) table.Revision.ShouldBe(3, "nobody was ever sent to it: into the shadow, and out of it");
        }
        output.WriteLine(string.Join(", ", ends.CountBy(e => e.Outcome)));
        ends.Select(e => e.Outcome).Distinct().ShouldBe(
            [RolloutOutcome.WithdrawnInShadow, RolloutOutcome.Promoted, RolloutOutcome.RolledBack, RolloutOutcome.Expired], ignoreOrder: true);
        ends[^2].Reason.ShouldContain("too little was seen in the shadow");
    }

    private static Gen<RolloutScenario> Scenarios() =>
        from shares in Gen.Elements<double[]>([0.5], [0.1], [0.1, 0.25, 0.5, 0.75], [0.2, 0.6])
        from champion in Gen.Choose(50, 95)
        from gain in Gen.Elements(-0.3, -0.1, 0, 0.05, 0.3)
        from users in Gen.Elements(0, 0, 130)
        from minutes in Gen.Choose(0, 40)
        from maturity in Gen.Choose(0, 60)
        from judged in Gen.Choose(50, 100)
        from lost in Gen.Elements(0, 0, 0, 0.6)
        from look in Gen.Choose(1, 9)
        from proven in Gen.Elements(true, false)
        select new RolloutScenario
        {
            Name = $"{string.Join('/', shares)} of {champion} {gain:+0.00;-0.00}, {users} users, {minutes} of {maturity} min, {judged}%, {lost} lost, every {look}, {proven}",
            Requests = 250, Shares = shares, RequestsPerStep = 15, Champion = champion / 100.0, Gain = gain, Users = users, Correlation = 0.1,
            UpDelay = TimeSpan.FromMinutes(minutes), Maturity = TimeSpan.FromMinutes(maturity), JudgedIfRight = judged / 100.0, JudgedIfWrong = 1, Lost = lost, LookEvery = look, SuperiorityProven = proven,
            MinKeys = 20, Errors = 0.05, LatencySpread = 0.5,
        };
}
