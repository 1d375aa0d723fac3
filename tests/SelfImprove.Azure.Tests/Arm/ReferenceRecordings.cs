using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using SelfImprove.Testing.Node;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>One exchange with the real service, or of its specification's examples.</summary>
public sealed record RecordedExchange(string Source, string Method, string Path, string ApiVersion, JsonObject? Request, int Status, IReadOnlyDictionary<string,
    string> Headers, JsonNode? Response)
{
    public override string ToString() => $"{Source}: {Method} {Path[(Path.LastIndexOf('/') + 1)..]}";

    /// <summary>A transport that answers everything with this exchange's answer.</summary>
    public HttpPipelineTransport Replay() => new HttpClientTransport(new ReplayHandler(this));

    private sealed class ReplayHandler(RecordedExchange exchange) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage((HttpStatusCode)exchange.Status) { Content = new StringContent(exchange.Response?.ToJsonString() ?? "",
                Encoding.UTF8, "application/json") };
            foreach (var (name, value) in exchange.Headers)
                if (name != "Content-Type") answer.Headers.TryAddWithoutValidation(name, value);
            return Task.FromResult(answer);
        }
    }
}

/// <summary>What lies beside the checkout as reference: recordings of the real service, and the specification's examples.</summary>
public static class ReferenceRecordings
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(NodePackages.Root, "..", "shared", "azure-examples"));

    /// <summary>Recordings of a service.</summary>
    public static IEnumerable<RecordedExchange> Recorded(string service)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, service, "recorded"), "*.json").Order(StringComparer.Ordinal))
        {
            foreach (var entry in JsonNode.Parse(File.ReadAllText(file))!["Entries"]!.AsArray())
            {
                var uri = new Uri(entry!["RequestUri"]!.GetValue<string>());
                var headers = entry["ResponseHeaders"]!.AsObject().ToDictionary(h => h.Key, h => h.Value!.ToString());
                yield return new RecordedExchange(Path.GetFileName(file), entry["RequestMethod"]!.GetValue<string>(), uri.AbsolutePath, VersionOf(uri.Query),
                    entry["RequestBody"] as JsonObject,
                    entry["StatusCode"]!.GetValue<int>(), headers, entry["ResponseBody"]);
            }
        }
    }

    /// <summary>An example of the specification: its request body and its answers by status.</summary>
    public static (JsonObject Parameters, IReadOnlyDictionary<int, JsonNode?> Answers) Example(string service, string file)
    {
        var example = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, service, file)))!;
        return (example["parameters"]!.AsObject(), example["responses"]!.AsObject().ToDictionary(r => int.Parse(r.Key), r => r.Value!["body"]));
    }

    private static string VersionOf(string query)
    {
        var at = query.IndexOf("api-version=", StringComparison.Ordinal);
        return at < 0 ? "" : query[(at + "api-version=".Length)..].Split('&')[0];
    }
}
