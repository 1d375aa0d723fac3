using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>
/// Users of the small task's agent, several at once: each asks through the gateway and tells with a thumb whether the answer was right; now and then a
/// conversation that was served elsewhere is posted too. Knows what was acknowledged, and which answers the gateway failed to give while it was up.
/// </summary>
internal sealed class Traffic(HostClient client, SmallTask task, IReadOnlyList<string> classes)
{
    private const string Agent = ImprovementWorld.Agent;
    private readonly Lock _lock = new();
    private int _asked;
    private int _acknowledged;

    /// <summary>Ids of events whose ingestion was answered with success.</summary>
    public ConcurrentBag<string> Acknowledged { get; } = [];

    /// <summary>How many.</summary>
    public int Count => Volatile.Read(ref _acknowledged);

    /// <summary>What the right answer to each text is.</summary>
    public ConcurrentDictionary<string, string> Truth { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers of the gateway, by version.</summary>
    public ConcurrentDictionary<string, int> Served { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers of the gateway that were no answers though it was up.</summary>
    public ConcurrentBag<string> Refused { get; } = [];

    /// <summary>Runs so many users until told to stop; each ends when all that it sent is acknowledged.</summary>
    public Task RunAsync(int users, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, users).Select(u => Task.Run(async () =>
    {
        while (!stop.IsCancellationRequested) await AskAsync(u);
    }, CancellationToken.None)));

    private async Task AskAsync(int user)
    {
        int number;
        string label, text;
        bool wrong;
        lock (_lock)
        {
            number = ++_asked;
            label = task.PickClass(classes);
            text = task.Say(label);
            wrong = task.Chance(0.05);
        }
        Truth[text] = label;
        var key = $"user-{user}-{number % 97}";
        if (number % 5 == 0)
        {
            await PostAsync($"p-{number}", key, text, label, wrong);
            return;
        }
        var body = JsonSerializer.Serialize(new { model = Agent, messages = new[] { new { role = "user", content = text } }, user = key }, SeamJson.Options);
        var answer = await client.TryAsync(HttpMethod.Post, "v1/chat/completions", body);
        if (answer is not { } given)
        {
            // The host is away: the user turns to something else.
            await Task.Delay(20, CancellationToken.None);
            return;
        }
        if (given.Status != HttpStatusCode.OK)
        {
            Refused.Add($"{given.Status} {given.Body}");
            return;
        }
        var json = JsonSerializer.Deserialize<JsonElement>(given.Body);
        var said = json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        Served.AddOrUpdate("answered", 1, (_, n) => n + 1);
        await SendAsync([Feedback($"f-{number}", json.GetProperty("id").GetString()!, key, (said == label) != wrong)]);
    }

    private Task PostAsync(string id, string key, string text, string label, bool wrong)
    {
        var interaction = new
        {
            interaction = new { id, time = DateTimeOffset.UtcNow, version = "elsewhere", key, input = new[] { new { role = "user", content = text } }, output = new { text = label }, latencyMs = 5 },
        };
        return SendAsync([(id, JsonSerializer.Serialize(interaction, SeamJson.Options)), Feedback($"f-{id}", id, key, !wrong)]);
    }

    private static (string Id, string Json) Feedback(string id, string interaction, string key, bool good) => (id, JsonSerializer.Serialize(
        new { feedback = new { id, time = DateTimeOffset.UtcNow, interaction, metric = "helpful", value = good ? 1 : 0, source = new { kind = "human", id = key } } }, SeamJson.Options));

    private async Task SendAsync(IReadOnlyList<(string Id, string Json)> events)
    {
        var answer = await client.SendAsync(HttpMethod.Post, $"api/agents/{Agent}/events", string.Join('\n', events.Select(e => e.Json)), "application/x-ndjson");
        var told = JsonSerializer.Deserialize<JsonElement>(answer);
        if (told.GetProperty("rejected").GetInt32() + told.GetProperty("conflicts").GetInt32() > 0) throw new InvalidOperationException(answer);
        foreach (var (id, _) in events)
        {
            Acknowledged.Add(id);
            Interlocked.Increment(ref _acknowledged);
        }
    }
}
