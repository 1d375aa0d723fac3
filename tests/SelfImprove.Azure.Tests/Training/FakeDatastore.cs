using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using SelfImprove.Azure.Tests.Arm;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>The blob container of a fake workspace's default datastore: blocks, block lists, reading. A token is asked for as everywhere in the fake.</summary>
public sealed class FakeDatastore : IFakeArmModule
{
    public const string Container = "azureml-blobstore";

    private readonly ConcurrentDictionary<string, byte[]> _blocks = new();

    /// <summary>Committed blobs by their path in the container.</summary>
    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    /// <summary>Committed block lists, one entry a commit.</summary>
    public ConcurrentQueue<string> Commits { get; } = new();

    public void Map(FakeArmRoutes routes) => routes.Raw($"/{Container}/{{**path}}", HandleAsync);

    private async Task HandleAsync(HttpContext http)
    {
        var path = (string)http.Request.RouteValues["path"]!;
        http.Response.StatusCode = 400;
        if (!http.Request.Headers.ContainsKey("x-ms-version")) return;
        if (http.Request.Method is "GET" or "HEAD")
        {
            http.Response.StatusCode = Blobs.TryGetValue(path, out var blob) ? 200 : 404;
            if (blob is not null && http.Request.Method == "GET") await http.Response.Body.WriteAsync(blob);
            return;
        }
        var buffer = new MemoryStream();
        http.Request.Body.Position = 0;
        await http.Request.Body.CopyToAsync(buffer);
        if (http.Request.Query["comp"] == "block") _blocks[$"{path}/{http.Request.Query["blockid"]}"] = buffer.ToArray();
        else if (http.Request.Query["comp"] == "blocklist")
        {
            var ids = XDocument.Parse(System.Text.Encoding.UTF8.GetString(buffer.ToArray())).Root!.Elements("Latest").Select(e => e.Value);
            Blobs[path] = [.. ids.SelectMany(id => _blocks[$"{path}/{id}"])];
            Commits.Enqueue(path);
        }
        else return;
        http.Response.StatusCode = 201;
    }
}
