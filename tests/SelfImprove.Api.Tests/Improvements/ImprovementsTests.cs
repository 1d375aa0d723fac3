using System.Net;
using SelfImprove.Api.Tests.Hosting;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Storage;

namespace SelfImprove.Api.Tests.Improvements;

public sealed class ImprovementsTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Request_ThenStep_GivesARunThatCanBeLookedAt()
    {
        await host.AddAgentAsync("asked");
        using var asked = await host.PostAsync("api/agents/asked/improvements", """{"reason":"new words","by":"ada","id":"wish-1"}""");
        using var again = await host.PostAsync("api/agents/asked/improvements", """{"reason":"new words","by":"ada","id":"wish-1"}""");

        asked.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        asked.Headers.Location!.OriginalString.ShouldBe("/api/agents/asked/requests/wish-1");
        (await GetAsync("api/agents/asked/improvements")).GetProperty("waiting").GetArrayLength().ShouldBe(1);

        await host.Host.StepAsync("asked");

        (await GetAsync("api/agents/asked/requests/wish-1")).GetProperty("run").GetString().ShouldBe("asked-0001");
        var run = await GetAsync("api/improvements/asked-0001");
        run.GetProperty("agent").GetString().ShouldBe("asked");
        run.GetProperty("stage").GetString().ShouldBe("ended");
        run.GetProperty("cause").GetProperty("by").GetString().ShouldBe("person:ada");
        run.GetProperty("outcome").GetProperty("ending").GetString().ShouldBe("nothingToDo");
        run.GetProperty("plan").GetProperty("stop").GetString().ShouldNotBeNullOrEmpty();
        var list = await GetAsync("api/agents/asked/improvements");
        list.GetProperty("runs")[0].GetProperty("run").GetString().ShouldBe("asked-0001");
        list.GetProperty("waiting").GetArrayLength().ShouldBe(0);

        using var approval = await host.PostAsync("api/improvements/asked-0001/approval", """{"approved":true}""");
        using var cancel = await host.PostAsync("api/improvements/asked-0001/cancel", "{}");
        approval.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        cancel.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("""{"id":"../x"}""")]
    [InlineData("""{"kind":"critic"}""")]
    public async Task Request_NotAllowedValue_Gives400(string body)
    {
        using var response = await host.PostAsync("api/agents/desk/improvements", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Request_ModeOff_Gives409()
    {
        var manifest = ApiHost.Manifest("resting") with { Improvement = new() { Mode = SelfImprove.Agents.Manifests.ImprovementMode.Off } };
        await host.Get<SelfImprove.Agents.Manifests.ManifestStore>().PutAsync(manifest);

        using var response = await host.PostAsync("api/agents/resting/improvements", "{}");

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Approval_OpenGate_TakesTheFirstAnswer()
    {
        var run = new RunRef("desk", "desk-0077", 1, 1);
        var request = new ApprovalRequest(run, "deploy", "May it?", host.Clock.GetUtcNow(), host.Clock.GetUtcNow().AddHours(1));
        await host.Get<JsonDocuments>().WriteAsync(AskApproval.PathOf(run, "deploy"), request);
        (await GetAsync("api/improvements/desk-0077")).GetProperty("approvals")[0].GetProperty("question").GetString().ShouldBe("May it?");

        using var first = await host.PostAsync("api/improvements/desk-0077/approval", """{"approved":true,"reason":"fine","by":"ada"}""");
        using var late = await host.PostAsync("api/improvements/desk-0077/approval", """{"approved":false,"by":"bob"}""");

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ApiHost.JsonAsync(first)).GetProperty("by").GetString().ShouldBe("person:ada");
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await host.Get<FactBook>().ReadAsync<ApprovalAnswer>("desk-0077", "deploy", 1))!.Approved.ShouldBeTrue();
    }

    private async Task<System.Text.Json.JsonElement> GetAsync(string path)
    {
        using var response = await host.Http.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await ApiHost.JsonAsync(response);
    }
}
