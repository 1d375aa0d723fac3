using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Local.Hosting;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;
using SelfImprove.Training.Builtin;
using Xunit.Abstractions;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>
/// The real host, on real time and real disk, under load, killed by SIGKILL at seeded moments of a run and started again, until the run has ended.
/// </summary>
public sealed class KilledHostTests(ITestOutputHelper output)
{
    private const string Agent = ImprovementWorld.Agent, Run = "desk-0001";
    private const int Seed = 5, Users = 6, LeastKills = 5;

    [Fact]
    public async Task Serve_KilledAgainAndAgainDuringARun_FinishesItOnceAndLosesNothingAcknowledged()
    {
        using var folder = new TemporaryFolder();
        using var client = new HostClient();
        var random = new Random(Seed);
        var task = new SmallTask(10, Seed);
        await WriteTeacherAsync(folder.Path, task);
        await using var hosts = new Restarts(folder.Path, client);
        await hosts.StartAsync();
        await client.CreateAgentAsync(task, QuickManifest(task), task.Classes.Take(6));

        var traffic = new Traffic(client, task, task.Classes);
        using var stop = new CancellationTokenSource();
        var users = traffic.RunAsync(Users, stop.Token);
        var people = AnswerInboxAsync(client, traffic, stop.Token);
        await HostClient.UntilAsync(() => Task.FromResult(traffic.Count > 500), "500 events");
        await client.PostAsync($"api/agents/{Agent}/improvements", new { id = "ask-1", reason = "users say so", by = "ada" });
        await HostClient.UntilAsync(async () => await RunAsync(client) is not null, "the run");

        var stages = new List<string>();
        while (await RunAsync(client) is var run && !HasEnded(run))
        {
            var due = traffic.Count + random.Next(10, 80);
            await HostClient.UntilAsync(async () => traffic.Count >= due || users.IsCompleted || HasEnded(await RunAsync(client)), "more events");
            // Spread over the stages: two kills in each at most.
            var stage = StageOf(await RunAsync(client));
            if (stages.Count(s => s == stage) >= 2) continue;
            stages.Add(stage);
            await hosts.KillAsync();
            await hosts.StartAsync();
        }
        await stop.CancelAsync();
        await users;
        await people;
        output.WriteLine($"{stages.Count} kills, at {string.Join(", ", stages)}; {traffic.Count} events acknowledged; {hosts.Took}");
        stages.Count.ShouldBeGreaterThanOrEqualTo(LeastKills);
        traffic.Refused.ShouldBeEmpty("the champion serves whenever the host is up");

        var outcome = (await RunAsync(client))!.Value.GetProperty("outcome");
        outcome.GetProperty("ending").GetString().ShouldBe("promoted", outcome.ToString());
        await ShouldHaveKeptPromisesAsync(client, outcome, folder.Path);
        (await hosts.StopAsync()).ShouldBe(0);
        await ShouldHaveCountedOnceAsync(folder.Path, traffic);
    }

    private static AgentManifest QuickManifest(SmallTask task) => SmallManifest.Create(task) with
    {
        Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
        Planning = new PlanningSettings { MaxWait = 0 },
        Feedback = new FeedbackSettings { WrongShare = 0.05, Maturity = TimeSpan.FromSeconds(1) },
        Deployment = new DeploymentSettings
        {
            Rollout = new RolloutSettings { Deadline = TimeSpan.FromMinutes(2), LookEvery = TimeSpan.FromSeconds(1), RequestsPerStep = 50, MinObservations = 250 },
        },
    };

    private static async Task WriteTeacherAsync(string folder, SmallTask task)
    {
        using var store = new LocalFolderStore(new HostFolder(folder).Store, TimeProvider.System);
        var teacher = StudentTrainer.Train(task.Examples(task.Classes, 60), SelfImprove.Training.Builtin.StudentSettings.Default, 1);
        await store.WriteAsync(SmallManifest.TeacherPath, teacher.ToBytes());
    }

    private static async Task AnswerInboxAsync(HostClient client, Traffic traffic, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await client.TryAsync(HttpMethod.Get, $"api/inbox?agent={Agent}&limit=500") is { Status: System.Net.HttpStatusCode.OK } listed)
            {
                var tasks = JsonSerializer.Deserialize<JsonElement>(listed.Body).GetProperty("tasks").EnumerateArray()
                    .Select(t => new { agent = Agent, task = t.GetProperty("id").GetString(), by = "ada", decision = traffic.Truth[t.GetProperty("input")[0].GetProperty("content").GetString()!] })
                    .ToList();
                if (tasks.Count > 0) await client.TryAsync(HttpMethod.Post, "api/inbox/answers", JsonSerializer.Serialize(new { answers = tasks }));
            }
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private static async Task<JsonElement?> RunAsync(HostClient client) =>
        await client.TryAsync(HttpMethod.Get, $"api/improvements/{Run}") is { Status: System.Net.HttpStatusCode.OK } found ? JsonSerializer.Deserialize<JsonElement>(found.Body) : null;

    private static bool HasEnded(JsonElement? run) => run is { } found && found.TryGetProperty("outcome", out var outcome) && outcome.ValueKind == JsonValueKind.Object;

    private static string StageOf(JsonElement? run) => run is { } found ? found.GetProperty("stage").GetString()! : "no run";

    private static async Task ShouldHaveKeptPromisesAsync(HostClient client, JsonElement outcome, string folder)
    {
        var audit = (await client.GetAsync($"api/agents/{Agent}/audit?limit=1000")).GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("kind").GetString()).ToList();
        audit.Count(k => k == "promoted").ShouldBe(1);
        audit.Count(k => k == "runStarted").ShouldBe(1);
        audit.Count(k => k == "runEnded").ShouldBe(1);
        var verified = await client.GetAsync($"api/agents/{Agent}/audit/verify");
        verified.GetProperty("problems").EnumerateArray().ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(new HostFolder(folder).Store, "training", Agent)).Length.ShouldBe(outcome.GetProperty("rounds").GetInt32(), "one training job a round");
        var routing = await client.GetAsync($"api/agents/{Agent}/routing");
        routing.GetProperty("champion").GetString().ShouldBe(outcome.GetProperty("champion").GetString());
        (routing.TryGetProperty("experiment", out var experiment) && experiment.ValueKind == JsonValueKind.Object).ShouldBeFalse("the experiment is over");
    }

    /// <summary>Started once more on what is there, the aggregator counts all that the log holds; nothing acknowledged is missing there.</summary>
    private static async Task ShouldHaveCountedOnceAsync(string folder, Traffic traffic)
    {
        var logged = LoggedEvents.Read(new HostFolder(folder).Store, Agent);
        traffic.Acknowledged.Where(id => !logged.Counts.ContainsKey(id)).ShouldBeEmpty("acknowledged and not in the log");
        traffic.Acknowledged.Distinct().Count().ShouldBe(traffic.Acknowledged.Count);
        using var client = new HostClient();
        await using var hosts = new Restarts(folder, client);
        await hosts.StartAsync();
        JsonElement signals = default;
        await HostClient.UntilAsync(async () =>
        {
            signals = await client.GetAsync($"api/agents/{Agent}/signals");
            // Interactions and feedback may be folded in different batches.
            return signals.GetProperty("interactions").GetInt64() >= logged.Interactions.Count && signals.GetProperty("judged").GetInt64() >= logged.Judged;
        }, $"{logged.Interactions.Count} interactions and {logged.Judged} judged ones in the signals");
        signals.GetProperty("interactions").GetInt64().ShouldBe(logged.Interactions.Count);
        signals.GetProperty("judged").GetInt64().ShouldBe(logged.Judged);
        (await hosts.StopAsync()).ShouldBe(0);
    }
}
