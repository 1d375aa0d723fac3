using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;

namespace SelfImprove.Local.Demo;

/// <summary>The demo's users and people: they know the runtime by its HTTP interface alone.</summary>
/// <param name="http">Speaks to the host on loopback.</param>
/// <param name="agent">The agent.</param>
public sealed class DemoClient(HttpClient http, string agent)
{
    /// <summary>Asks the agent, through the OpenAI-compatible gateway.</summary>
    /// <returns>The decision, and the version that took it.</returns>
    public async Task<(string Decision, string Version)> AskAsync(DemoRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = agent, user = request.User, messages = new[] { new { role = "user", content = request.Said.Text } } },
                options: SeamJson.Options),
        };
        message.Headers.Add("x-interaction-id", request.Id);
        using var response = await http.SendAsync(message, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        var answer = body.RootElement.GetProperty("choices")[0].GetProperty("message");
        var decision = answer.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0
            ? calls[0].GetProperty("function").GetProperty("name").GetString()
            : answer.GetProperty("content").GetString();
        return (decision ?? "", response.Headers.GetValues("x-selfimprove-version").First());
    }

    /// <summary>Sends judgements as one batch, and waits for the acknowledgement.</summary>
    public async Task JudgeAsync(IReadOnlyList<Feedback> feedback, CancellationToken cancellationToken)
    {
        if (feedback.Count == 0) return;
        var lines = string.Concat(feedback.Select(f => JsonSerializer.Serialize(f, SeamJson.Options) + "\n"));
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var response = await http.PostAsync($"api/agents/{agent}/feedback", content, cancellationToken);
        await EnsureAsync(response, cancellationToken);
    }

    /// <summary>The inbox's open tasks for this agent.</summary>
    public async Task<IReadOnlyList<DemoTask>> OpenTasksAsync(CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"api/inbox?agent={agent}&state=open&limit=1000", cancellationToken);
        await EnsureAsync(response, cancellationToken);
        using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return [.. body.RootElement.GetProperty("tasks").EnumerateArray().Select(t => new DemoTask(
            t.GetProperty("id").GetString()!,
            JsonSerializer.Deserialize<List<ChatMessage>>(t.GetProperty("input"), SeamJson.Options)!.Last(m => m.Role == "user").Text))];
    }

    /// <summary>Answers tasks as people.</summary>
    public async Task AnswerAsync(IEnumerable<(DemoTask Task, string Decision)> answers, CancellationToken cancellationToken)
    {
        var body = new { answers = answers.Select(a => new { agent, task = a.Task.Id, by = "simulated-expert", decision = a.Decision }) };
        using var response = await http.PostAsJsonAsync("api/inbox/answers", body, SeamJson.Options, cancellationToken);
        await EnsureAsync(response, cancellationToken);
    }

    private static async Task EnsureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        throw new HttpRequestException($"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }
}

/// <summary>A question in the inbox, as the demo's people see it.</summary>
/// <param name="Id">The task's id.</param>
/// <param name="Text">What the user said.</param>
public sealed record DemoTask(string Id, string Text);
