using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Durable;
using SelfImprove.Local.Hosting;
using SelfImprove.Loop;
using SelfImprove.Monitoring.Log;
using SelfImprove.Orchestration;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Local.Tests.Hosting;

/// <summary>People steer a run of the real host through its API: they ask for it, let it go on, answer, stop it, and take a version back.</summary>
public sealed class ApprovalOverHttpTests : IAsyncLifetime
{
    private const string Agent = ImprovementWorld.Agent, Run = "desk-0001";
    private readonly TemporaryFolder _folder = new();
    private readonly VirtualClock _clock = new(new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero));
    private readonly SmallTask _task = new(8, 3);
    private readonly Dictionary<string, string> _truth = new(StringComparer.Ordinal);
    private LocalHost _host = null!;
    private HttpClient _http = null!;
    private int _asked;

    public async Task InitializeAsync()
    {
        _host = await LocalHost.StartAsync(new LocalHostOptions { Folder = _folder.Path, Urls = "http://127.0.0.1:0", Clock = _clock, LockStep = true, Quiet = true });
        _http = new HttpClient { BaseAddress = new Uri(_host.Url + "/") };
        var manifest = SmallManifest.Create(_task) with
        {
            Teachers = [new TeacherSettings { Name = "people", Kind = TeacherKind.People, Price = 0.05m, Accuracy = 0.99 }],
            Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
            Improvement = new ImprovementSettings { Mode = ImprovementMode.Approve },
            Approvals = new ApprovalSettings { Plan = true },
            Planning = new PlanningSettings { MaxWait = 0 },
        };
        using var put = await _http.PutAsync($"api/agents/{Agent}", JsonContent.Create(manifest, options: SeamJson.Options));
        put.EnsureSuccessStatusCode();
        await PostAsync($"api/agents/{Agent}/versions", new { rows = _task.Examples(_task.Classes.Take(4), 12).Select(e => new { text = e.Text, label = e.Label }) });
        await PlayAsync(400);
        await PostAsync($"api/agents/{Agent}/improvements", new { reason = "new kinds of requests", by = "ada" });
        await SettleAsync();
    }

    [Fact]
    public async Task Run_ApprovedTwiceAndAnswered_ReplacesTheChampion_AndARollBackIsOneCall()
    {
        (await GateAsync()).ShouldBe("plan");
        await PostAsync($"api/improvements/{Run}/approval", new { approved = true, by = "ada" });
        await SettleAsync();
        await AnswerInboxAsync();
        (await GateAsync()).ShouldBe("deploy");
        (await RoutingAsync("champion")).ShouldBe("v1", "nothing changes before the approval");

        await PostAsync($"api/improvements/{Run}/approval", new { approved = true, by = "bob" });
        for (var i = 0; i < 20 && (await RunAsync()).TryGetProperty("outcome", out _) is false; i++) await PlayAsync(50);

        (await RunAsync()).GetProperty("outcome").GetProperty("ending").GetString().ShouldBe("promoted");
        (await RoutingAsync("champion")).ShouldBe("v2");
        await PostAsync($"api/agents/{Agent}/rollback", new { reason = "a complaint", by = "ada" });
        (await RoutingAsync("champion")).ShouldBe("v1");
        var audit = (await GetAsync($"api/agents/{Agent}/audit?limit=1000")).GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("kind").GetString()).ToList();
        audit.Where(k => k is "approvalAnswered" or "promoted" or "rolledBack").ShouldBe(["approvalAnswered", "approvalAnswered", "promoted", "rolledBack"]);
    }

    [Fact]
    public async Task Run_PlanRejected_EndsWithoutSpending()
    {
        await PostAsync($"api/improvements/{Run}/approval", new { approved = false, reason = "not this month", by = "ada" });
        await SettleAsync();

        var run = await RunAsync();
        run.GetProperty("outcome").GetProperty("reason").GetString()!.ShouldContain("not this month");
        run.GetProperty("spentUsd").GetDecimal().ShouldBe(0);
        (await RoutingAsync("champion")).ShouldBe("v1");
    }

    [Fact]
    public async Task Run_CancelledWhilePeopleAreAsked_EndsAndClosesTheirTasks()
    {
        await PostAsync($"api/improvements/{Run}/approval", new { approved = true, by = "ada" });
        await SettleAsync();
        (await OpenTasksAsync()).Count.ShouldBeGreaterThan(50);

        await PostAsync($"api/improvements/{Run}/cancel", new { reason = "holiday", by = "ada" });
        await SettleAsync();

        (await RunAsync()).GetProperty("outcome").GetProperty("ending").GetString().ShouldBe("cancelled");
        (await OpenTasksAsync()).ShouldBeEmpty();
        (await RoutingAsync("champion")).ShouldBe("v1");
    }

    [Fact]
    public async Task Run_NotApprovedInTime_EndsAndSaysSo()
    {
        for (var days = 0; days < 5; days++)
        {
            _clock.Advance(TimeSpan.FromDays(1));
            await SettleAsync();
        }

        (await RunAsync()).GetProperty("outcome").GetProperty("ending").GetString().ShouldNotBe("promoted");
        (await RoutingAsync("champion")).ShouldBe("v1");
    }

    [Fact]
    public async Task Approval_UnknownProperty_NamesThoseThatAreExpected()
    {
        using var answer = await _http.PostAsync($"api/improvements/{Run}/approval", JsonContent.Create(new { approve = true }));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var detail = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
        detail.ShouldContain("approved");
        detail.ShouldNotContain("SelfImprove.");
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    private async Task PlayAsync(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            var label = _task.PickClass(_task.Classes);
            var text = _task.Say(label);
            _truth[text] = label;
            _clock.Advance(TimeSpan.FromSeconds(20));
            var user = $"user-{++_asked % 150}";
            var said = await PostAsync("v1/chat/completions", new { model = Agent, user, messages = new[] { new { role = "user", content = text } } });
            var right = said.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() == label;
            await PostAsync($"api/agents/{Agent}/feedback", new { id = $"f-{_asked}", interaction = said.GetProperty("id").GetString(), metric = "helpful", value = right, source = new { kind = "human", id = user } });
        }
        await _host.Services.GetRequiredService<EventLog>().DrainAsync();
        await SettleAsync();
    }

    private async Task SettleAsync()
    {
        await _host.Services.GetRequiredService<AgentWatch>().LookAsync(Agent);
        await _host.Services.GetRequiredService<DurableEngine>().RunUntilIdleAsync();
    }

    private async Task AnswerInboxAsync()
    {
        while (await OpenTasksAsync() is { Count: > 0 } open)
        {
            await PostAsync("api/inbox/answers", new
            {
                answers = open.Select(t => new { agent = Agent, task = t.GetProperty("id").GetString(), by = "ada", decision = _truth[t.GetProperty("input")[0].GetProperty("content").GetString()!] }),
            });
            await SettleAsync();
        }
    }

    private async Task<List<JsonElement>> OpenTasksAsync() => [.. (await GetAsync($"api/inbox?agent={Agent}&limit=1000")).GetProperty("tasks").EnumerateArray()];

    private async Task<string?> GateAsync() => (await RunAsync()).GetProperty("approvals").EnumerateArray().Select(a => a.GetProperty("gate").GetString()).SingleOrDefault();

    private Task<JsonElement> RunAsync() => GetAsync($"api/improvements/{Run}");

    private async Task<string?> RoutingAsync(string property) => (await GetAsync($"api/agents/{Agent}/routing")).GetProperty(property).GetString();

    private async Task<JsonElement> GetAsync(string path) => await _http.GetFromJsonAsync<JsonElement>(path);

    private async Task<JsonElement> PostAsync<T>(string path, T body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
