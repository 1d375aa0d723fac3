using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SelfImprove.Local.Tests.Telemetry;

/// <summary>A collector that takes OTLP over HTTP and keeps what it gets. Names in protobuf are plain UTF-8, so that a test may look for them.</summary>
public sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string Type, string Body)> _got = new();

    private FakeCollector(WebApplication app) => _app = app;

    /// <summary>What it answers with.</summary>
    public int Status { get; set; } = 200;

    public string Url { get; private set; } = "";

    public int Requests => _got.Count;

    /// <summary>All that came to an address, as text.</summary>
    public string Of(string path) => string.Concat(_got.Where(g => g.Path == path && g.Type == "application/x-protobuf").Select(g => g.Body));

    public static async Task<FakeCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        var collector = new FakeCollector(builder.Build());
        collector._app.MapPost("/v1/{signal}", collector.TakeAsync);
        await collector._app.StartAsync();
        collector.Url = collector._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        _got.Enqueue((http.Request.Path, http.Request.ContentType ?? "", Encoding.Latin1.GetString(body.ToArray())));
        http.Response.StatusCode = Status;
        http.Response.ContentType = "application/x-protobuf";
    }
}
