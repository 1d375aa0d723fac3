using System.Net;
using System.Text;
using System.Text.Json;
using SelfImprove.Local.Hosting;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>The real host in a process of its own, and what may be wrong around it.</summary>
public sealed class HostFaultTests : IDisposable
{
    private const string Agent = ImprovementWorld.Agent;
    private readonly TemporaryFolder _folder = new();
    private readonly HostClient _client = new();
    private readonly SmallTask _task = new(6, 3);

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Serve_InterruptedUnderLoad_EndsWithZeroAndKeepsAllThatWasAcknowledged()
    {
        await using var hosts = await StartAsync();
        var traffic = new Traffic(_client, _task, _task.Classes);
        using var stop = new CancellationTokenSource();
        var users = traffic.RunAsync(4, stop.Token);
        await HostClient.UntilAsync(() => Task.FromResult(traffic.Count > 300), "300 events");

        (await hosts.StopAsync()).ShouldBe(0);

        var logged = LoggedEvents.Read(Store, Agent);
        await hosts.StartAsync();
        await stop.CancelAsync();
        await users;
        var later = LoggedEvents.Read(Store, Agent);
        traffic.Acknowledged.Where(id => !later.Counts.ContainsKey(id)).ShouldBeEmpty();
        logged.Counts.Count.ShouldBeGreaterThanOrEqualTo(300);
        traffic.Refused.ShouldBeEmpty("requests under way are answered, later ones find nobody");
    }

    [Fact]
    public async Task Serve_FolderServedAlready_SaysWhoHasItAndEndsWithOne()
    {
        await using var hosts = await StartAsync();

        await using var second = HostProcess.Launch(_folder.Path);
        await second.ExitAsync();

        second.ExitCode.ShouldBe(1);
        second.Said.ShouldContain(_folder.Path);
        second.Said.ShouldContain(new HostFolder(_folder.Path).Running()!.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        second.Said.ShouldNotContain("   at ");
        (await _client.TryAsync(HttpMethod.Get, "healthz"))!.Value.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Serve_TornLastLineInTheLog_CountsWhatIsWholeAndGoesOn()
    {
        await using var hosts = await StartAsync();
        await PostAsync("a-1", "a-2");
        await hosts.KillAsync();
        var segment = Directory.GetFiles(Path.Combine(Store, "log", Agent), "*.ndjson", SearchOption.AllDirectories).Single();
        await File.AppendAllTextAsync(segment, "{\"interaction\":{\"id\":\"a-3\",\"agent\":\"de");

        await hosts.StartAsync();
        await PostAsync("a-4");

        await HostClient.UntilAsync(async () => (await _client.GetAsync($"api/agents/{Agent}/signals")).GetProperty("interactions").GetInt64() == 3, "three interactions");
        hosts.Said.ShouldNotContain("fail:");
    }

    [Fact]
    public async Task Serve_ChampionsModelDamagedAndNoneBefore_StartsAnswers503AndNamesTheFile()
    {
        await using var hosts = await StartAsync();
        (await hosts.StopAsync()).ShouldBe(0);
        var file = Damage("v1");

        await hosts.StartAsync();
        var answer = await AskAsync();

        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Body.ShouldContain("No version of desk could answer");
        await HostClient.UntilAsync(() => Task.FromResult(hosts.Said.Contains(file, StringComparison.Ordinal)), $"the host names {file}: {hosts.Said}");
        await PostAsync("b-1");
    }

    [Fact]
    public async Task Serve_ChampionsModelDamaged_TheChampionBeforeItAnswersAndIsRecorded()
    {
        await using var hosts = await StartAsync();
        await _client.PostAsync($"api/agents/{Agent}/versions", new { rows = _task.Examples(_task.Classes, 14).Select(e => new { text = e.Text, label = e.Label }) });
        await _client.PostAsync($"api/agents/{Agent}/rollback", new { version = "v2", reason = "it knows more" });
        (await AskAsync()).Status.ShouldBe(HttpStatusCode.OK);
        (await hosts.StopAsync()).ShouldBe(0);
        var file = Damage("v2");

        await hosts.StartAsync();
        (await AskAsync()).Status.ShouldBe(HttpStatusCode.OK);

        await HostClient.UntilAsync(async () =>
        {
            var versions = (await _client.GetAsync($"api/agents/{Agent}/signals")).GetProperty("versions");
            return versions.TryGetProperty("v1", out var one) && one.GetProperty("interactions").GetInt64() == 1 && versions.GetProperty("v2").GetProperty("interactions").GetInt64() == 1;
        }, "one interaction of each version");
        hosts.Said.ShouldContain(file);
    }

    private string Store => new HostFolder(_folder.Path).Store;

    private async Task<Restarts> StartAsync()
    {
        var hosts = new Restarts(_folder.Path, _client);
        await hosts.StartAsync();
        await _client.CreateAgentAsync(_task, SmallManifest.Create(_task), _task.Classes);
        return hosts;
    }

    /// <summary>Alters a byte in the middle of a version's model file; gives its name.</summary>
    private string Damage(string version)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Store, "agents", Agent, "versions", version + ".json")));
        var path = json.RootElement.GetProperty("model").GetString()!.Split(':', 2)[1];
        var file = Path.Combine(Store, path);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 0xFF;
        File.WriteAllBytes(file, bytes);
        return Path.GetFileName(file);
    }

    private async Task<(HttpStatusCode Status, string Body)> AskAsync() => (await _client.TryAsync(
        HttpMethod.Post, "v1/chat/completions", JsonSerializer.Serialize(new { model = Agent, messages = new[] { new { role = "user", content = _task.Say(_task.Classes[0]) } } })))!.Value;

    private async Task PostAsync(params string[] ids)
    {
        var body = new StringBuilder();
        foreach (var id in ids) body.AppendLine(JsonSerializer.Serialize(new { id, time = DateTimeOffset.UtcNow, input = new[] { new { role = "user", content = "please" } }, output = new { text = _task.Classes[0] } }));
        await _client.SendAsync(HttpMethod.Post, $"api/agents/{Agent}/interactions", body.ToString(), "application/x-ndjson");
    }
}
