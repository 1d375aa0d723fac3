using SelfImprove.Agents.Routing;
using SelfImprove.Deployment;
using SelfImprove.Testing.Rollouts;
using Xunit.Abstractions;

namespace SelfImprove.Tests.Deployment.Simulation;

/// <summary>
/// Error rates of the rollout by simulation: the short form. Seeded, the same numbers at every run. Over 2,000 runs the true rates are at most 2.5% (3.5% where
/// some callers are far busier), so that a right analysis keeps 5% of 200 runs at most seeds; with each of <see cref="FlawedAnalysis"/>'s mistakes more end wrongly.
/// The full form: <c>dotnet run -c Release --project tests/SelfImprove.Benchmarks -- rollouts</c>.
/// </summary>
[Collection(RolloutFleetTests.OneAtATime)]
public sealed class RolloutErrorRateTests(ITestOutputHelper output)
{
    private const ulong Seed = 20_260_301;

    public static TheoryData<string> Names => [.. RolloutScenarios.All.Select(e => e.Scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rollout_Simulated_KeepsItsPromise(string name)
    {
        var expected = RolloutScenarios.Named(name);

        var tally = RolloutFold.Play(expected.Scenario, Seed, expected.Group == "shares and bases" ? 100 : 200);

        output.WriteLine(tally.ToString());
        expected.Broken(tally).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("peeking at every request", FlawedAnalysis.Flaw.FixedSampleTest)]
    [InlineData("100 users, correlation .1, 40 a side suffice", FlawedAnalysis.Flaw.Unclustered)]
    [InlineData("300 users, correlation .1, some far busier", FlawedAnalysis.Flaw.Unclustered)]
    [InlineData("ramped share, reward .6 to .8", FlawedAnalysis.Flaw.PooledMeans)]
    [InlineData("ramped share, reward .8 to .6", FlawedAnalysis.Flaw.PooledMeans)]
    [InlineData("share 0.05, base 0.95", FlawedAnalysis.Flaw.RawVariance)]
    [InlineData("share 0.05, base 0.98", FlawedAnalysis.Flaw.RawVariance)]
    public void Rollout_DecidedByAFlawedAnalysis_BreaksItsPromise(string name, FlawedAnalysis.Flaw flaw)
    {
        var expected = RolloutScenarios.Named(name);

        var tally = RolloutFold.Play(expected.Scenario, Seed, 100, _ => new FlawedAnalysis(flaw, expected.Scenario.MinKeys));

        output.WriteLine($"{flaw}: {tally}");
        expected.Broken(tally).ShouldNotBeEmpty();
    }

    /// <summary>The shadow's share of the errors by itself, over many runs: it has half of alpha.</summary>
    [Theory]
    [InlineData("shadow, peeking at every request")]
    [InlineData("shadow, base .95, answers nearly alike")]
    [InlineData("shadow, 100 users, correlation .1")]
    [InlineData("shadow, 15% of the teacher's answers wrong")]
    public void Shadow_AlikeVersions_WithdrawsNoMoreThanItsShareOfAlpha(string name)
    {
        var scenario = RolloutScenarios.Named(name).Scenario;

        var tally = RolloutFold.Play(scenario with { Requests = scenario.ShadowRequests }, Seed + 1, 400);

        output.WriteLine(tally.ToString());
        tally.Share(RolloutOutcome.WithdrawnInShadow).ShouldBeLessThanOrEqualTo(0.025);
    }

    /// <summary>Peeking at the same pairs with a test for one look withdraws harmless challengers far too often.</summary>
    [Fact]
    public void Shadow_PeekedAtByATestForOneLook_WouldBreakItsPromise()
    {
        var scenario = RolloutScenarios.Named("shadow, peeking at every request").Scenario;
        var withdrawn = Enumerable.Range(0, 100).Count(run =>
        {
            var traffic = new RolloutTraffic(scenario, Seed, run);
            var end = DateTimeOffset.UnixEpoch + scenario.ShadowRequests * RolloutScenario.Every;
            traffic.Serve(new RoutingTable { Revision = 1, Champion = "v1" }, DateTimeOffset.UnixEpoch, end);
            var (n, sum, squares) = (0, 0.0, 0.0);
            foreach (var observed in traffic.Read(DateTimeOffset.UnixEpoch, end, end, null))
            {
                if (traffic.Replay(observed.Interaction).Score is not { } score) continue;
                (n, sum, squares) = (n + 1, sum + score, squares + score * score);
                if (n >= 30 && sum / Math.Sqrt(Math.Max(1e-9, squares - sum * sum / n)) < -1.96) return true;
            }
            return false;
        });

        output.WriteLine($"{withdrawn} of 100");
        withdrawn.ShouldBeGreaterThan(10);
    }

    /// <summary>Slow thumbs up bias plain means of whatever has arrived: an analysis that does not wait for a request's feedback rolls good challengers back.</summary>
    [Fact]
    public void Rollout_SlowThumbsUpTakenAsTheyCome_WouldBreakItsPromise()
    {
        var scenario = RolloutScenarios.SlowThumbsUp;

        var tally = RolloutFold.Play(scenario, Seed, 100, traffic => new HastyAnalysis(traffic));

        output.WriteLine(tally.ToString());
        tally.Share(RolloutOutcome.RolledBack).ShouldBeGreaterThan(0.1);
    }
}
