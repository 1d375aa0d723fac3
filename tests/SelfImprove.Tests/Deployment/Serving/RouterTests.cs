using SelfImprove.Agents.Routing;
using SelfImprove.Deployment.Serving;

namespace SelfImprove.Tests.Deployment.Serving;

public class RouterTests
{
    private static readonly string[] Keys = [.. Enumerable.Range(0, 20_000).Select(i => $"user-{i}")];

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Route_ManyKeys_SplitsByTheShare(double share)
    {
        var routed = Keys.Count(k => Router.Route(Table("e1", share), k).Stamp.Challenger) / (double)Keys.Length;

        routed.ShouldBe(share, 4 * Math.Sqrt(share * (1 - share) / Keys.Length));
    }

    [Fact]
    public void Route_InTheShadow_NobodyIsSentToTheChallengerNorPartOfItsExperiment()
    {
        var table = new RoutingTable { Revision = 3, Champion = "v1", Experiment = new ExperimentRoute("e1", "v2", 0, default, RolloutStage.Shadow) };

        foreach (var key in Keys.Take(200))
        {
            var routed = Router.Route(table, key);
            (routed.Version, routed.Stamp.Experiment, routed.Stamp.Challenger, routed.Stamp.Probability).ShouldBe(("v1", null, false, 1));
        }
    }

    [Fact]
    public void Route_ShareRaised_MovesKeysToTheChallengerOnlyAndAtMostOnce()
    {
        double[] shares = [0.1, 0.25, 0.5, 0.75];

        foreach (var key in Keys.Take(2_000))
        {
            var arms = shares.Select(s => Router.Route(Table("e1", s), key).Stamp.Challenger).ToList();
            arms.ShouldBe(arms.OrderBy(challenger => challenger)); // champion, then challenger, never back
        }
    }

    [Fact]
    public void Route_ShareRaised_ProbabilityIsThatOfTheArmAtTheMoment()
    {
        foreach (var key in Keys.Take(100))
        {
            var stamp = Router.Route(Table("e1", 0.25), key).Stamp;
            stamp.Probability.ShouldBe(stamp.Challenger ? 0.25 : 0.75);
        }
    }

    [Fact]
    public void Route_AnotherExperiment_DrawsTheKeysAnew()
    {
        var both = Keys.Count(k => Router.Route(Table("e1", 0.1), k).Stamp.Challenger && Router.Route(Table("e2", 0.1), k).Stamp.Challenger);

        both.ShouldBeInRange(120, 290); // 200 if independent; 2,000 if the same keys got every challenger
    }

    [Fact]
    public void Bucket_KnownKey_NeverChanges() => Router.Bucket("helpdesk-0001-1", "user-42").ShouldBe(0.46065674964095693, 1e-15);

    [Fact]
    public void Route_NoExperiment_ServesTheChampion()
    {
        var routed = Router.Route(new RoutingTable { Revision = 4, Champion = "v3" }, "ada");

        (routed.Version, routed.Stamp.Probability, routed.Stamp.Experiment).ShouldBe(("v3", 1, null));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData(null)]
    public void Route_Paused_ServesTheFallbackOrNothing(string? fallback)
    {
        var until = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        var routed = Router.Route(Table("e1", 0.5) with { Pause = new PausedRoute("run", fallback, until) }, "ada");

        (routed.Version, routed.PausedUntil, routed.Stamp.Experiment).ShouldBe((fallback, until, null));
    }

    private static RoutingTable Table(string experiment, double share) =>
        new() { Revision = 2, Champion = "v1", Experiment = new ExperimentRoute(experiment, "v2", share, default) };
}
