using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>A client of a host that dies now and then: sends again what was not answered, with the same ids, until it is.</summary>
internal sealed class HostClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>The connection.</summary>
    public HttpClient Http => _http;

    /// <summary>Where the host listens now.</summary>
    public Uri? Url { get; set; }

    /// <summary>One attempt; null where the host did not answer.</summary>
    public async Task<(HttpStatusCode Status, string Body)?> TryAsync(HttpMethod method, string path, string? body = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        if (Url is not { } url) return null;
        using var request = new HttpRequestMessage(method, new Uri(url, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(type));
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        try
        {
            using var answer = await _http.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>Tries until there is an answer that is no failure of the host's.</summary>
    public async Task<string> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/json")
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await TryAsync(method, path, body, type);
            if (answer is { } good && (int)good.Status < 300) return good.Body;
            if (answer is { } bad && (int)bad.Status < 500) throw new InvalidOperationException($"{method} {path}: {bad.Status} {bad.Body}");
            await Task.Delay(20, deadline.Token);
        }
    }

    public async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await SendAsync(HttpMethod.Get, path), SeamJson.Options);

    public Task<string> PostAsync<T>(string path, T body) => SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body, SeamJson.Options));

    /// <summary>Looks again and again until something holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            if (deadline.IsCancellationRequested) throw new TimeoutException($"Within {Patience.TotalSeconds} s this did not come: {what}");
            await Task.Delay(50);
        }
    }

    /// <summary>Makes the agent of the small task: its manifest and its first version.</summary>
    public async Task CreateAgentAsync(SmallTask task, SelfImprove.Agents.Manifests.AgentManifest manifest, IEnumerable<string> known)
    {
        await SendAsync(HttpMethod.Put, $"api/agents/{manifest.Agent}", JsonSerializer.Serialize(manifest, SeamJson.Options));
        await PostAsync($"api/agents/{manifest.Agent}/versions", new { rows = task.Examples(known, 12).Select(e => new { text = e.Text, label = e.Label }) });
    }

    public void Dispose() => _http.Dispose();
}
