using System.Net;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Api.Gateway;
using SelfImprove.Api.Tests.Hosting;
using SelfImprove.Deployment.Serving;

namespace SelfImprove.Api.Tests.Gateway;

public sealed class GatewayRoutingTests(ApiHost host) : IClassFixture<ApiHost>
{
    private RoutingStore Routing => host.Get<RoutingStore>();

    [Fact]
    public async Task Complete_Experiment_SplitsByKeyAndKeepsEachKeyWithItsVersion()
    {
        var challenger = await AddChallengerAsync("split", broken: false);
        await Routing.ChangeAsync("split", t => RoutingChanges.StartExperiment(t, new ExperimentRoute("x1", challenger, 0.5, host.Clock.GetUtcNow())), "run");
        var table = (await Routing.CurrentAsync("split"))!;

        for (var i = 0; i < 20; i++)
        {
            var expected = Router.Route(table, $"user-{i}").Version;
            for (var again = 0; again < 2; again++)
            {
                using var response = await AskAsync("split", $"user-{i}");
                response.Headers.GetValues("x-selfimprove-version").Single().ShouldBe(expected);
                response.Headers.GetValues("x-selfimprove-experiment").Single().ShouldBe("x1");
            }
        }
        var records = await host.RecordsAsync("split");
        records.Count.ShouldBe(40);
        records.ShouldAllBe(r => r.Interaction.Routing!.Experiment == "x1" && r.Interaction.Routing.Probability == 0.5);
        records.Select(r => r.Interaction.Version).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Complete_PausedWithoutFallback_Gives503WithRetryAfter()
    {
        await host.AddAgentAsync("paused");
        await Routing.ChangeAsync("paused", t => RoutingChanges.Pause(t, new PausedRoute("run", null, host.Clock.GetUtcNow().AddMinutes(2))), "run");

        using var response = await AskAsync("paused", "ann");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(2));
        (await ApiHost.JsonAsync(response)).GetProperty("error").GetProperty("code").GetString().ShouldBe("paused");
    }

    [Fact]
    public async Task Complete_PausedWithFallback_IsAnsweredByIt()
    {
        var fallback = await AddChallengerAsync("pausedtwo", broken: false);
        await Routing.ChangeAsync("pausedtwo", t => RoutingChanges.Pause(t, new PausedRoute("run", fallback, host.Clock.GetUtcNow().AddMinutes(2))), "run");

        using var response = await AskAsync("pausedtwo", "ann");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("x-selfimprove-version").Single().ShouldBe(fallback);
    }

    [Fact]
    public async Task Complete_ChallengerBroken_ChampionAnswersAndTheRecordHoldsTheError()
    {
        var challenger = await AddChallengerAsync("frail", broken: true);
        await Routing.ChangeAsync("frail", t => RoutingChanges.StartExperiment(t, new ExperimentRoute("x2", challenger, 0.99, host.Clock.GetUtcNow())), "run");
        var key = Enumerable.Range(0, 100).Select(i => $"k{i}").First(k => Router.Bucket("x2", k) < 0.99);

        using var response = await AskAsync("frail", key);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("x-selfimprove-version").Single().ShouldBe("v1");
        var record = (await host.RecordsAsync("frail")).Single().Interaction;
        (record.Version, record.Error, record.Output!.Text, record.Routing!.Challenger).ShouldBe((challenger, AgentGateway.ChallengerFailed, "rooms", true));
    }

    [Fact]
    public async Task Complete_ChampionsModelGone_TheOneBeforeAnswers()
    {
        var broken = await AddChallengerAsync("hurt", broken: true);
        await Routing.ChangeAsync("hurt", t => RoutingChanges.RollBackTo(t, broken), null);

        using var response = await AskAsync("hurt", "ann");

        response.Headers.GetValues("x-selfimprove-version").Single().ShouldBe("v1");
        (await host.RecordsAsync("hurt")).Single().Interaction.Version.ShouldBe("v1");
    }

    [Fact]
    public async Task Complete_NoModelAtAll_Gives503AndTheRecordHoldsTheError()
    {
        await host.Get<SelfImprove.Agents.Manifests.ManifestStore>().PutAsync(ApiHost.Manifest("down"));
        await host.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = "down", Model = "builtin:agents/down/models/none.model" });

        using var response = await AskAsync("down", "ann");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ApiHost.JsonAsync(response)).GetProperty("error").GetProperty("type").GetString().ShouldBe("server_error");
        var record = (await host.RecordsAsync("down")).Single().Interaction;
        (record.Version, record.Error, record.Output).ShouldBe(("v1", AgentGateway.ModelFailed, null));
    }

    private async Task<string> AddChallengerAsync(string agent, bool broken)
    {
        var first = await host.AddAgentAsync(agent);
        var model = broken ? $"builtin:agents/{agent}/models/none.model" : first.Model;
        return (await host.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = agent, Model = model, Run = $"{agent}-0001", Round = 1 })).Id;
    }

    private Task<HttpResponseMessage> AskAsync(string agent, string user) =>
        host.PostAsync("v1/chat/completions", $$"""{"model":"{{agent}}","messages":[{"role":"user","content":"book a room for the meeting"}],"user":"{{user}}"}""");
}
