using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using HttpResponse = Microsoft.AspNetCore.Http.HttpResponse;

namespace SelfImprove.Azure.Tests.Models;

/// <summary>What a model server was asked.</summary>
internal sealed record SeenRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
}

/// <summary>A model server in this process: replies as told, in order; the last reply goes on.</summary>
internal sealed class FakeModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RequestDelegate> _replies = new();
    private RequestDelegate _last = c => JsonAsync(c.Response, 500, """{"error":{"message":"nothing was told to be answered"}}""");
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FakeModelServer(WebApplication app) => _app = app;

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public Uri Url => new(_app.Urls.First() + "/v1/");

    public static async Task<FakeModelServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FakeModelServer(app);
        app.Run(server.ReplyAsync);
        await app.StartAsync();
        return server;
    }

    public FakeModelServer Reply(params RequestDelegate[] replies)
    {
        foreach (var reply in replies) _replies.Enqueue(reply);
        return this;
    }

    public FakeModelServer ReplyError(int status, string? code = null, string message = "no", params (string Name, string Value)[] headers) => Reply(c =>
    {
        foreach (var (name, value) in headers) c.Response.Headers[name] = value;
        return JsonAsync(c.Response, status, new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["code"] = code } }.ToJsonString());
    });

    public FakeModelServer ReplyText(string text, params (string Name, string Value)[] headers) => Reply(c =>
    {
        foreach (var (name, value) in headers) c.Response.Headers[name] = value;
        return JsonAsync(c.Response, 200, Completion(text));
    });

    /// <summary>Completes when the next request has arrived.</summary>
    public Task ArrivalAsync() => _arrived.Task;

    public static string Completion(string? text, string finish = "stop", string? refusal = null, int read = 100, int written = 20, int cached = 0) => new JsonObject
    {
        ["id"] = "chatcmpl-1", ["object"] = "chat.completion", ["created"] = 1770950834, ["model"] = "m",
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0, ["finish_reason"] = finish, ["logprobs"] = null,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text, ["refusal"] = refusal },
        }),
        ["usage"] = new JsonObject
        {
            ["prompt_tokens"] = read, ["completion_tokens"] = written, ["total_tokens"] = read + written, ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached },
        },
    }.ToJsonString();

    public static string Chunk(string? text, string? finish = null, string? refusal = null) => "data: " + new JsonObject
    {
        ["id"] = "chatcmpl-1", ["object"] = "chat.completion.chunk", ["created"] = 1770950834, ["model"] = "m",
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0, ["finish_reason"] = finish, ["delta"] = refusal is null ? new JsonObject { ["content"] = text } : new JsonObject { ["refusal"] = refusal },
        }),
    }.ToJsonString() + "\n\n";

    public static async Task EventsAsync(HttpContext http, params string[] events)
    {
        if (!http.Response.HasStarted) http.Response.ContentType = "text/event-stream";
        foreach (var text in events)
        {
            await http.Response.WriteAsync(text);
            await http.Response.Body.FlushAsync();
        }
    }

    public static Task JsonAsync(HttpResponse response, int status, string json)
    {
        (response.StatusCode, response.ContentType) = (status, "application/json");
        return response.Body.WriteAsync(Encoding.UTF8.GetBytes(json)).AsTask();
    }

    /// <summary>The model that a request asks.</summary>
    public static string ModelOf(HttpContext http) => JsonNode.Parse((string)http.Items["body"]!)!["model"]!.GetValue<string>();

    /// <summary>A reply that never comes.</summary>
    public static async Task NeverAsync(HttpContext http)
    {
        var gone = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReplyAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        Seen.Enqueue(new SeenRequest(http.Request.Method, http.Request.Path, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
        http.Items["body"] = body;
        if (_replies.TryDequeue(out var reply)) _last = reply;
        Interlocked.Exchange(ref _arrived, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        await _last(http);
    }
}
