using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>What becomes of one request.</summary>
/// <param name="Forward">Whether it reaches the service.</param>
/// <param name="Answer">What the caller gets: the service's answer (null), or another one.</param>
/// <param name="Meanwhile">What happens before the answer.</param>
public sealed record Fault(bool Forward, Func<HttpContext, Task>? Answer = null, Func<Task>? Meanwhile = null)
{
    /// <summary>The connection breaks.</summary>
    public static Task Drop(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Nothing comes until the caller gives up.</summary>
    public static async Task Hang(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    public static Func<HttpContext, Task> Says(int status, string? code = null, (string Name, string Value)? header = null) => context =>
    {
        context.Response.StatusCode = status;
        if (code is not null) context.Response.Headers["x-ms-error-code"] = code;
        if (header is { } extra) context.Response.Headers[extra.Name] = extra.Value;
        return Task.CompletedTask;
    };
}

/// <summary>Stands between a store and Azurite, counts requests, and breaks those that a test chose.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private readonly ConcurrentQueue<(Func<HttpRequest, bool> Which, Fault Fault)> _faults = new();
    private readonly ConcurrentQueue<string> _seen = new();

    private FaultProxy(WebApplication app, string upstream) =>
        (_app, _client) = (app, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri(upstream) });

    /// <summary>The account's endpoint, through here.</summary>
    public string Endpoint => $"{_app.Urls.First()}/{Azurite.Account}";

    /// <summary>Requests so far, as <c>PUT path?query</c>.</summary>
    public IReadOnlyList<string> Seen => [.. _seen];

    public static async Task<FaultProxy> StartAsync(Azurite azurite)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null);
        var proxy = new FaultProxy(builder.Build(), $"http://127.0.0.1:{azurite.Port}");
        proxy._app.Run(proxy.PassAsync);
        await proxy._app.StartAsync();
        return proxy;
    }

    /// <summary>Breaks the next request that is <paramref name="which"/>; faults are used up in their order.</summary>
    public FaultProxy Breaks(Func<HttpRequest, bool> which, Fault fault)
    {
        _faults.Enqueue((which, fault));
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var request = context.Request;
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        _seen.Enqueue($"{request.Method} {target}");
        var fault = _faults.TryPeek(out var next) && next.Which(request) && _faults.TryDequeue(out next) ? next.Fault : new Fault(true);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        using var answer = fault.Forward ? await ForwardAsync(request, target, body.ToArray()) : null;
        if (fault.Meanwhile is { } meanwhile) await meanwhile();
        if (fault.Answer is { } instead)
        {
            await instead(context);
            return;
        }
        context.Response.StatusCode = (int)answer!.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive")) context.Response.Headers[name] = values.ToArray();
        if (request.Method != "HEAD") await answer.Content.CopyToAsync(context.Response.Body);
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpRequest request, string target, byte[] body)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), target);
        if (request.Method == "PUT") message.Content = new ByteArrayContent(body);
        foreach (var (name, values) in request.Headers)
        {
            if (name is "Host" or "Content-Length" or "Connection") continue;
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)) message.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        return await _client.SendAsync(message);
    }
}
