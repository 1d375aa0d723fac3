using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>
/// A fine-tuning service as Azure OpenAI and OpenAI show it: files that take a while to be read, jobs newest first in pages, a key in a header, and faults: an
/// answer that is lost after the effect, or another in its place. Whether jobs carry their metadata back is the test's choice, for Azure's do not.
/// </summary>
public sealed class FakeFineTuning : IAsyncDisposable
{
    public const string Key = "test-key-123";

    private readonly ConcurrentQueue<(string Call, bool TakesEffect, int Status, string? Body)> _faults = new();
    private WebApplication? _app;
    private int _last;

    public Uri Url { get; private set; } = null!;

    public bool KeepsMetadata { get; set; }

    /// <summary>What a file's status is.</summary>
    public string FileStatus { get; set; } = "processed";

    /// <summary>What a job's status is; changes of it apply at once.</summary>
    public string JobStatus { get; set; } = "queued";

    /// <summary>Members that a look at a job shows beside, or in place of, its own.</summary>
    public JsonObject JobExtra { get; set; } = [];

    public List<JsonObject> Files { get; } = [];

    /// <summary>Jobs in the order they were made, as their bodies came.</summary>
    public List<JsonObject> Jobs { get; } = [];

    public ConcurrentDictionary<string, string> Contents { get; } = new();

    public ConcurrentQueue<string> Cancelled { get; } = new();

    public ConcurrentQueue<string> Calls { get; } = new();

    public JsonArray Events { get; } = [];

    public JsonArray Checkpoints { get; } = [];

    public static async Task<FakeFineTuning> StartAsync()
    {
        var fake = new FakeFineTuning();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Use(fake.GuardAsync);
        app.UseRouting();
        app.MapGet("/openai/v1/files", (HttpContext http) => fake.Page(http, [.. fake.Files.AsEnumerable().Reverse().Select(fake.FileView)]));
        app.MapGet("/openai/v1/files/{id}", (string id) => fake.Files.Find(f => (string)f["id"]! == id) is { } file ? Json(fake.FileView(file)) : Missing(id));
        // As functions with a result: a lambda would be taken for a RequestDelegate, and its result dropped.
        Func<HttpContext, Task<IResult>> upload = fake.UploadAsync, create = async http =>
            fake.Create((JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!);
        app.MapPost("/openai/v1/files", (Delegate)upload);
        app.MapGet("/openai/v1/fine_tuning/jobs", (HttpContext http) => fake.Page(http, [.. fake.Jobs.AsEnumerable().Reverse().Select(fake.JobView)]));
        app.MapPost("/openai/v1/fine_tuning/jobs", (Delegate)create);
        app.MapGet("/openai/v1/fine_tuning/jobs/{id}", (string id) => fake.Jobs.Find(j => (string)j["id"]! == id) is { } job ? Json(fake.JobView(job))
            : Missing(id));
        app.MapPost("/openai/v1/fine_tuning/jobs/{id}/cancel", fake.Cancel);
        app.MapGet("/openai/v1/fine_tuning/jobs/{id}/events", () => Json(new JsonObject { ["object"] = "list", ["data"] = fake.Events.DeepClone() }));
        app.MapGet("/openai/v1/fine_tuning/jobs/{id}/checkpoints", () => Json(new JsonObject { ["object"] = "list", ["data"] = fake.Checkpoints.DeepClone() }));
        await app.StartAsync();
        fake._app = app;
        fake.Url = new Uri(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/openai/v1/");
        return fake;
    }

    /// <summary>The next such call takes effect, or does not, and is answered so; by nothing at all where the status is 0.</summary>
    public void Fail(string call, int status, string? body = null, bool takesEffect = false, int times = 1)
    {
        for (var i = 0; i < times; i++) _faults.Enqueue((call, takesEffect, status, body));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        var call = $"{http.Request.Method} {http.Request.Path.Value!["/openai/v1/".Length..]}";
        Calls.Enqueue(call);
        if (http.Request.Headers["api-key"] != Key)
        {
            http.Response.StatusCode = 401;
            await http.Response.WriteAsync("""{"error":{"code":"401","message":"Access denied due to invalid subscription key."}}""");
            return;
        }
        if (!_faults.TryPeek(out var fault) || !call.StartsWith(fault.Call, StringComparison.Ordinal))
        {
            await next(http);
            return;
        }
        _faults.TryDequeue(out _);
        if (fault.TakesEffect)
        {
            var answer = http.Response.Body;
            http.Response.Body = Stream.Null;
            await next(http);
            http.Response.Body = answer;
            http.Response.Headers.Clear();
        }
        if (fault.Status == 0)
        {
            http.Abort();
            return;
        }
        http.Response.StatusCode = fault.Status;
        await http.Response.WriteAsync(fault.Body ?? "");
    }

    private async Task<IResult> UploadAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        if (form["purpose"] != "fine-tune" || form.Files["file"] is not { } sent) return Results.Json(new { error = new { code = "invalidPayload",
            message = "purpose and file are needed" } }, statusCode: 400);
        using var reader = new StreamReader(sent.OpenReadStream());
        var id = $"file-{Interlocked.Increment(ref _last)}";
        Contents[id] = await reader.ReadToEndAsync();
        var file = new JsonObject { ["id"] = id, ["object"] = "file", ["filename"] = sent.FileName, ["purpose"] = "fine-tune", ["created_at"] = Now };
        Files.Add(file);
        return Json(FileView(file), 201);
    }

    private IResult Create(JsonObject body)
    {
        if (body["model"] is null || body["training_file"] is null)
            return Results.Json(new { error = new { message = "invalid training_file", type = "invalid_request_error", param = "training_file" } },
                statusCode: 400);
        body["id"] = $"ftjob-{Interlocked.Increment(ref _last)}";
        body["created_at"] = Now;
        Jobs.Add(body);
        return Json(JobView(body), 201);
    }

    private IResult Cancel(string id)
    {
        if (Jobs.Find(j => (string)j["id"]! == id) is not { } job) return Missing(id);
        if (JobStatus is "succeeded" or "failed" or "cancelled") return Results.Json(new { error = new { code = "invalidPayload",
            message = "The job has ended." } }, statusCode: 400);
        Cancelled.Enqueue(id);
        return Json(JobView(job));
    }

    private static long Now => new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    private JsonObject FileView(JsonObject file)
    {
        var view = (JsonObject)file.DeepClone();
        view["status"] = FileStatus;
        return view;
    }

    private JsonObject JobView(JsonObject job)
    {
        var view = (JsonObject)job.DeepClone();
        foreach (var asked in new[] { "suffix", "trainingType" }) view.Remove(asked);
        if (!KeepsMetadata) view.Remove("metadata");
        view["object"] = "fine_tuning.job";
        view["status"] = Cancelled.Contains((string)job["id"]!) ? "cancelled" : JobStatus;
        view["error"] = new JsonObject();
        foreach (var (name, value) in JobExtra) view[name] = value?.DeepClone();
        return view;
    }

    private IResult Page(HttpContext http, List<JsonObject> all)
    {
        var after = all.FindIndex(i => (string)i["id"]! == http.Request.Query["after"]);
        var limit = int.Parse(http.Request.Query["limit"].ToString() is { Length: > 0 } given ? given : "20");
        var page = all.Skip(after + 1).Take(limit).ToList();
        return Json(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. page]), ["has_more"] = all.Count > after + 1 + page.Count });
    }

    private static IResult Json(JsonObject body, int status = 200) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static IResult Missing(string id) =>
        Results.Json(new { error = new { code = "resourceNotFound", message = $"{id} does not exist" } }, statusCode: 404);
}
