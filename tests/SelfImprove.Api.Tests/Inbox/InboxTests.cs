using System.Net;
using SelfImprove.Api.Tests.Hosting;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.Models;

namespace SelfImprove.Api.Tests.Inbox;

public sealed class InboxTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task List_OpenTasks_HasInputAndDecisions()
    {
        await AddAsync("listed");

        using var response = await host.Http.GetAsync("api/inbox?agent=desk&state=open&limit=1000");

        var task = (await ApiHost.JsonAsync(response)).GetProperty("tasks").EnumerateArray().Single(t => t.GetProperty("id").GetString() == "listed-t1");
        task.GetProperty("agent").GetString().ShouldBe("desk");
        task.GetProperty("input")[0].GetProperty("content").GetString().ShouldBe("book a room");
        task.GetProperty("decisions").GetArrayLength().ShouldBe(3);
        task.GetProperty("open").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task AnswerMany_EachHasItsOwnResult()
    {
        await AddAsync("bulk", 3);
        const string body = """
            {"answers":[
              {"agent":"desk","task":"bulk-t1","by":"ada","decision":"rooms"},
              {"agent":"desk","task":"bulk-t2","by":"ada","output":{"text":"Repair"}},
              {"agent":"desk","task":"bulk-t3","by":"ada","skip":"unclear"},
              {"agent":"desk","task":"bulk-t1","by":"bob","decision":"stranger"},
              {"agent":"desk","task":"none","by":"ada","decision":"rooms"},
              {"agent":"nobody","task":"x","by":"ada","decision":"rooms"},
              {"agent":"desk","task":"bulk-t1","by":"ada"},
              {"agent":"desk","task":"bulk-t1","by":"ada","decision":"rooms","skip":"both"}]}
            """;
        using var response = await host.PostAsync("api/inbox/answers", body);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await ApiHost.JsonAsync(response);
        (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("refused").GetInt32()).ShouldBe((3, 5));
        answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("outcome").GetString())
            .ShouldBe(["accepted", "accepted", "accepted", "invalid", "unknownTask", "unknownTask", "invalid", "invalid"]);
    }

    [Fact]
    public async Task Answer_FirstWordStands()
    {
        await AddAsync("one", people: 2);
        using var first = await host.PostAsync("api/inbox/desk/one-t1/answer", """{"by":"ada","decision":"rooms"}""");
        using var same = await host.PostAsync("api/inbox/desk/one-t1/answer", """{"by":"ada","decision":"rooms"}""");
        using var other = await host.PostAsync("api/inbox/desk/one-t1/answer", """{"by":"ada","decision":"repair"}""");

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        same.StatusCode.ShouldBe(HttpStatusCode.OK);
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("desk", "unknown-t9", """{"decision":"rooms"}""", HttpStatusCode.NotFound)]
    [InlineData("desk", "odd-t1", """{"decision":"stranger"}""", HttpStatusCode.BadRequest)]
    [InlineData("desk", "odd-t1", """{"agent":"other","decision":"rooms"}""", HttpStatusCode.BadRequest)]
    [InlineData("desk", "odd-t1", """{}""", HttpStatusCode.BadRequest)]
    public async Task Answer_Wrong_IsRefused(string agent, string task, string body, HttpStatusCode status)
    {
        await AddAsync("odd");

        using var response = await host.PostAsync($"api/inbox/{agent}/{task}/answer", body);

        response.StatusCode.ShouldBe(status);
    }

    private async Task AddAsync(string group, int tasks = 1, int people = 1)
    {
        for (var i = 1; i <= tasks; i++)
        {
            await host.Get<InboxStore>().AddAsync(new InboxTask
            {
                Id = $"{group}-t{i}", Agent = "desk", Run = "desk-0001", Round = 1, Purpose = "train", Group = group, Instance = "desk-0001/data/1", Item = $"i{i}",
                Input = [ChatMessage.User("book a room")], Decisions = ["rooms", "repair", "expenses"], ManifestRevision = 1, People = people,
                Created = host.Clock.GetUtcNow(), Due = host.Clock.GetUtcNow().AddHours(1),
            });
        }
    }
}
