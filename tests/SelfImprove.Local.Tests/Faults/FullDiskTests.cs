using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Durable;
using SelfImprove.Local.Hosting;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing.Storage;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>The disk is full from a moment on, in the middle of a write; later there is space again.</summary>
public sealed class FullDiskTests
{
    private const string Agent = ImprovementWorld.Agent, Run = "desk-0001";
    private readonly PowerCutFileLayer _disk = new();

    [Fact]
    public async Task Host_DiskFull_SaysSoAcknowledgesNothingGoesOnServingAndRecovers()
    {
        using var folder = new TemporaryFolder();
        var task = new SmallTask(4, 2);
        var clock = new VirtualClock(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        await using var host = await LocalHost.StartAsync(new LocalHostOptions
        {
            Folder = folder.Path, Urls = "http://127.0.0.1:0", Clock = clock, LockStep = true, Quiet = true, Files = _disk,
        });
        using var client = new HostClient { Url = new Uri(host.Url + "/") };
        await client.CreateAgentAsync(task, SmallManifest.Create(task), task.Classes);
        (await PostAsync(client, clock, "before")).Status.ShouldBe(HttpStatusCode.Accepted);

        _disk.BytesLeft = 40; // the next write fits in part
        var refused = await PostAsync(client, clock, "during");
        refused.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Body.ShouldContain("disk is full");
        refused.Body.ShouldContain("nothing is acknowledged");
        for (var again = 0; again < 3; again++)
            (await client.TryAsync(HttpMethod.Post, $"api/agents/{Agent}/interactions", Event(clock, "during"))).ShouldNotBeNull("a refusal leaves the connection usable");
        (await client.TryAsync(HttpMethod.Post, $"api/agents/{Agent}/improvements", "{\"id\":\"r-1\"}"))!.Value.Body.ShouldContain("disk is full");
        (await client.TryAsync(HttpMethod.Post, "v1/chat/completions", JsonSerializer.Serialize(new { model = Agent, messages = new[] { new { role = "user", content = "please" } } })))!
            .Value.Status.ShouldBe(HttpStatusCode.OK, "the champion serves");

        _disk.BytesLeft = null;
        (await PostAsync(client, clock, "during")).Status.ShouldBe(HttpStatusCode.Accepted);
        await host.StepAsync(Agent);
        var signals = await client.GetAsync($"api/agents/{Agent}/signals");
        signals.GetProperty("versions").GetProperty("elsewhere").GetProperty("interactions").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task Run_DiskFullNowAndThen_GoesOnWhereItWasAndLosesNothing()
    {
        await using var world = await ImprovementWorld.OpenAsync(alwaysReplay: false, configure: services => services
            .AddSingleton(new EventLogOptions { Attempts = 1 })
            .AddSingleton<IObjectStore>(_ => new LocalFolderStore("/store", TimeProvider.System, _disk)));
        await world.PlayAsync(400, world.AnyKnown);
        var failures = new List<Exception>();
        for (var batch = 0; batch < 130 && await world.OutcomeAsync(Run) is null; batch++)
        {
            // Full soon after every second batch: in the midst of whatever that look and its run would write.
            for (var i = 0; i < 25; i++) await world.AskAsync(world.AnyClass());
            _disk.BytesLeft = batch % 2 == 0 ? batch * 97 % 3_000 : null;
            await TryAsync(failures, () => world.LookAsync());
            await TryAsync(failures, () => world.Engine.RunUntilIdleAsync());
            await TryAsync(failures, () => world.AskAsync(world.AnyClass()));
            _disk.BytesLeft = null;
            await world.ResendAsync();
        }
        await world.LookAsync();

        failures.Count.ShouldBeGreaterThan(5);
        failures.ShouldAllBe(f => f is StorageException || f is EventLogWriteException);
        failures.ShouldAllBe(f => f.Message.Contains("disk is full"));
        var outcome = (await world.OutcomeAsync(Run)).ShouldNotBeNull($"{await world.RunStateAsync(Run)}");
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        var logged = new LoggedEvents();
        var store = world.Get<IObjectStore>();
        await foreach (var segment in store.ListAsync($"log/{Agent}/"))
            if (segment.Path.EndsWith(".ndjson", StringComparison.Ordinal)) logged.Add((await store.ReadAsync(segment.Path))!.Bytes.Span);
        world.Acknowledged.Where(id => !logged.Counts.ContainsKey(id)).ShouldBeEmpty();
        var signals = (await world.Get<JsonDocuments>().ReadAsync<AgentSignals>($"agents/{Agent}/signals.json"))!.Value;
        signals.Interactions.ShouldBe(logged.Interactions.Count);
        signals.Judged.ShouldBe(logged.Judged);
    }

    private static async Task TryAsync(List<Exception> failures, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception failed) when (failed is StorageException or EventLogWriteException)
        {
            failures.Add(failed);
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(HostClient client, VirtualClock clock, string id) =>
        (await client.TryAsync(HttpMethod.Post, $"api/agents/{Agent}/interactions", Event(clock, id)))!.Value;

    private static string Event(VirtualClock clock, string id) => JsonSerializer.Serialize(
        new { id, time = clock.GetUtcNow(), version = "elsewhere", input = new[] { new { role = "user", content = "please" } }, output = new { text = "class-0" } });
}
