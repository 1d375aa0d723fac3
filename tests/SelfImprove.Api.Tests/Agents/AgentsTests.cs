using System.Net;
using System.Net.Http.Headers;
using SelfImprove.Agents.Routing;
using SelfImprove.Api.Tests.Hosting;
using SelfImprove.Testing.Models;

namespace SelfImprove.Api.Tests.Agents;

public sealed class AgentsTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Yaml = """
        agent: made
        goal: { metric: helpful, value: 0.05 }
        metrics: [ { name: helpful } ]
        task: { output: label, labels: [rooms, repair, expenses] }
        """;

    [Fact]
    public async Task Put_NewManifestThenAgain_GivesOneRevision()
    {
        using var first = await PutAsync("twice", Yaml.Replace("made", "twice"));
        using var again = await PutAsync("twice", Yaml.Replace("made", "twice"));

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ApiHost.JsonAsync(again)).GetProperty("revision").GetInt32().ShouldBe(1);
        var agent = await GetAsync("api/agents/twice");
        agent.GetProperty("manifest").GetProperty("task").GetProperty("labels").GetArrayLength().ShouldBe(3);
        agent.TryGetProperty("routing", out _).ShouldBeFalse();
        (await GetAsync("api/agents")).GetProperty("agents").EnumerateArray().Select(a => a.GetProperty("agent").GetString()).ShouldContain("twice");
    }

    [Fact]
    public async Task Get_ChallengerInTheShadow_TellsTheStage()
    {
        await host.AddAgentAsync("shaded");
        var route = new ExperimentRoute("shaded-0001-1", "v2", 0, DateTimeOffset.UnixEpoch, RolloutStage.Shadow);
        (await host.Get<RoutingStore>().ChangeAsync("shaded", t => RoutingChanges.StartExperiment(t, route), "shaded-0001")).Holds.ShouldBeTrue();

        var summary = (await GetAsync("api/agents")).GetProperty("agents").EnumerateArray().Single(a => a.GetProperty("agent").GetString() == "shaded");
        (summary.GetProperty("challenger").GetString(), summary.GetProperty("share").GetDouble(), summary.GetProperty("stage").GetString()).ShouldBe(("v2", 0, "shadow"));
        var routing = await GetAsync("api/agents/shaded/routing");
        (routing.GetProperty("champion").GetString(), routing.GetProperty("experiment").GetProperty("stage").GetString()).ShouldBe(("v1", "shadow"));
    }

    [Fact]
    public async Task Put_Mistakes_AreToldAllAtOnceAndNothingChanges()
    {
        using var response = await PutAsync("wrong", "agent: wrong\ngoal: { metric: helpfull }\nmetrics: [ { name: helpful, rank: 2 } ]\ntask: { output: picture }\n");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await ApiHost.JsonAsync(response);
        problem.GetProperty("type").GetString().ShouldBe("urn:selfimprove:problem:invalid-manifest");
        problem.GetProperty("errors").GetArrayLength().ShouldBeGreaterThan(2);
        problem.GetProperty("errors").EnumerateArray().ShouldAllBe(e => e.GetProperty("path").GetString() != null && e.GetProperty("message").GetString()!.Contains("expected"));
        using var get = await host.Http.GetAsync("api/agents/wrong");
        get.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("other", Yaml)]
    [InlineData("made", "{{{{")]
    [InlineData("made", "")]
    public async Task Put_OtherNameOrNoManifest_Gives400(string agent, string text)
    {
        using var response = await PutAsync(agent, text);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Versions_AddFromRows_ServesTheFirstAtOnce()
    {
        using var put = await PutAsync("made", Yaml);
        var rows = string.Join(',', ApiHost.Rows.Select(r => $$"""{"text":"{{r.Text}}","label":"{{r.Label}}"}"""));
        using var added = await host.PostAsync("api/agents/made/versions", $$"""{"rows":[{{rows}}],"by":"ada"}""");
        using var asked = await host.PostAsync("v1/chat/completions", """{"model":"made","messages":[{"role":"user","content":"taxi receipt"}]}""");

        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await ApiHost.JsonAsync(asked)).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("expenses");
        (await GetAsync("api/agents/made/versions")).GetProperty("champion").GetString().ShouldBe("v1");
    }

    [Fact]
    public async Task Versions_AddFromAModel_ServesItAndSaysSoInTheLineage()
    {
        var model = host.Models.Add("adopted", ScriptedModel.Text(_ => "rooms"));
        using var put = await PutAsync("adopter", Yaml.Replace("made", "adopter", StringComparison.Ordinal));
        using var added = await host.PostAsync("api/agents/adopter/versions", $$"""{"model":"{{model}}","by":"ada"}""");
        using var again = await host.PostAsync("api/agents/adopter/versions", $$"""{"model":"{{model}}","by":"ada"}""");
        using var asked = await host.PostAsync("v1/chat/completions", """{"model":"adopter","messages":[{"role":"user","content":"anything"}]}""");

        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await ApiHost.JsonAsync(asked)).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("rooms");
        var versions = (await GetAsync("api/agents/adopter/versions")).GetProperty("versions");
        versions.GetArrayLength().ShouldBe(1, "the same model is one version");
        (versions[0].GetProperty("model").GetString(), versions[0].GetProperty("origin").GetString()).ShouldBe((model, "reference"));
        versions[0].TryGetProperty("dataset", out _).ShouldBeFalse("what it was trained on is unknown");
        (await GetAsync("api/agents/adopter/audit")).ToString().ShouldContain("versionRegistered");
    }

    [Theory]
    [InlineData("""{"model":"scripted:nobody"}""", "can't be opened")]
    [InlineData("""{"model":"magic:x"}""", "no scheme that this host knows")]
    [InlineData("""{"model":"gpt-5"}""", "no scheme that this host knows")]
    [InlineData("""{"model":"openai:nowhere/m"}""", "no model endpoint 'nowhere'")]
    [InlineData("""{"model":"scripted:a b"}""", "no space among them")]
    public async Task Versions_ModelThatCantBeOpened_SaysWhyAndWhatCanBe(string body, string why)
    {
        using var response = await host.PostAsync("api/agents/desk/versions", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var detail = (await ApiHost.JsonAsync(response)).GetProperty("detail").GetString()!;
        detail.ShouldContain(why);
        detail.ShouldContain("This host opens builtin:, ");
        detail.ShouldContain("scripted:");
        (await GetAsync("api/agents/desk/versions")).GetProperty("versions").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"model":"scripted:x","rows":[{"text":"x","label":"rooms"}]}""")]
    [InlineData("""{"by":"ada"}""")]
    public async Task Versions_NeitherOrBoth_Give400(string body)
    {
        using var response = await host.PostAsync("api/agents/desk/versions", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ApiHost.JsonAsync(response)).GetProperty("detail").GetString()!.ShouldContain("one of both");
    }

    [Theory]
    [InlineData("""{"rows":[{"text":"x","label":"stranger"},{"text":"y","label":"rooms"}]}""")]
    [InlineData("""{"rows":[{"text":"x","label":"rooms"}]}""")]
    [InlineData("""{"rows":[]}""")]
    public async Task Versions_RowsThatCantBeTrainedOn_Give400(string body)
    {
        using var response = await host.PostAsync("api/agents/desk/versions", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await GetAsync("api/agents/desk/versions")).GetProperty("versions").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Signals_AfterTraffic_CountIt()
    {
        await host.AddAgentAsync("counted");
        using var posted = await host.PostAsync("api/agents/counted/interactions", """{"id":"s1","version":"v1","input":[{"role":"user","content":"x"}],"output":{"text":"rooms"}}""");
        (await GetAsync("api/agents/counted/signals")).GetProperty("interactions").GetInt64().ShouldBe(0);

        await host.Host.StepAsync("counted");

        var signals = await GetAsync("api/agents/counted/signals");
        signals.GetProperty("interactions").GetInt64().ShouldBe(1);
        signals.GetProperty("versions").GetProperty("v1").GetProperty("recentRequests").GetArrayLength().ShouldBe(0);
        (await GetAsync("api/agents/counted/signals?recent=true")).GetProperty("versions").GetProperty("v1").GetProperty("recentRequests").GetArrayLength().ShouldBe(1);
        (await GetAsync("api/agents/counted/decisions")).GetProperty("decisions").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Rollback_NoEarlierVersion_Gives409_NamedUnknownToo()
    {
        using var none = await host.PostAsync("api/agents/desk/rollback", "{}");
        using var unknown = await host.PostAsync("api/agents/desk/rollback", """{"version":"v9"}""");

        none.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        unknown.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ApiHost.JsonAsync(unknown)).GetProperty("detail").GetString()!.ShouldContain("It has: v1");
    }

    [Fact]
    public async Task Rollback_ToAnotherVersion_ServesItAtTheNextRequestAndIsOnRecord()
    {
        var first = await host.AddAgentAsync("back");
        await host.Get<SelfImprove.Agents.Versions.VersionStore>().RegisterAsync(new() { Agent = "back", Model = first.Model, Run = "back-0001", Round = 1 });

        using var response = await host.PostAsync("api/agents/back/rollback", """{"version":"v2","reason":"better","by":"ada"}""");
        using var asked = await host.PostAsync("v1/chat/completions", """{"model":"back","messages":[{"role":"user","content":"taxi receipt"}]}""");

        (await ApiHost.JsonAsync(response)).GetProperty("champion").GetString().ShouldBe("v2");
        asked.Headers.GetValues("x-selfimprove-version").Single().ShouldBe("v2");
        var entry = (await GetAsync("api/agents/back/audit")).GetProperty("entries").EnumerateArray().Single(e => e.GetProperty("kind").GetString() == "rolledBack");
        entry.GetProperty("actor").GetString().ShouldBe("person:ada");
    }

    [Fact]
    public async Task AuditVerify_IntactThenEdited_TellsBoth()
    {
        await host.AddAgentAsync("proven");
        (await GetAsync("api/agents/proven/audit/verify")).GetProperty("isIntact").GetBoolean().ShouldBeTrue();
        (await GetAsync("api/agents/proven/audit/verify")).GetProperty("lastAnchored").GetInt64().ShouldBe(1);

        var file = Directory.EnumerateFiles(Path.Combine(host.Folder, "store", "audit", "proven"), "*.ndjson").Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"rows\":36", "\"rows\":37", StringComparison.Ordinal));

        var verified = await GetAsync("api/agents/proven/audit/verify");
        verified.GetProperty("isIntact").GetBoolean().ShouldBeFalse();
        verified.GetProperty("problems").GetArrayLength().ShouldBeGreaterThan(0);
    }

    private async Task<System.Text.Json.JsonElement> GetAsync(string path)
    {
        using var response = await host.Http.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await ApiHost.JsonAsync(response);
    }

    private Task<HttpResponseMessage> PutAsync(string agent, string yaml) =>
        host.Http.PutAsync($"api/agents/{agent}", new StringContent(yaml, MediaTypeHeaderValue.Parse("application/yaml")));
}
