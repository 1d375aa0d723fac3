using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>A call as a module sees it.</summary>
/// <param name="Method">GET, PUT...</param>
/// <param name="Path">The path: the resource's id.</param>
/// <param name="Query">The query, by name.</param>
/// <param name="ApiVersion">Its api-version; null where missing.</param>
/// <param name="Values">What stood in the pattern's names.</param>
/// <param name="Body">The body; null where there was none.</param>
public sealed record FakeArmRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, string? ApiVersion, IReadOnlyDictionary<string, string> Values, JsonNode? Body)
{
    /// <summary>The header If-Match; null where missing.</summary>
    public string? IfMatch { get; init; }

    /// <summary>A member of the body by its dotted path; null where absent or null.</summary>
    public JsonNode? Find(string path)
    {
        var at = Body;
        foreach (var name in path.Split('.')) at = (at as JsonObject)?[name];
        return at;
    }

    /// <summary>A copy of the body, ready to be kept.</summary>
    public JsonObject CopyOfBody() => (JsonObject)Body!.DeepClone();

    public static async Task<FakeArmRequest> ReadAsync(HttpContext http)
    {
        JsonNode? body = null;
        if (http.Request.ContentLength is > 0 || http.Request.Headers.TransferEncoding.Count > 0)
        {
            http.Request.Body.Position = 0;
            try
            {
                body = await JsonNode.ParseAsync(http.Request.Body);
            }
            catch (JsonException)
            {
                // No JSON: the same as none, and refused where one is required.
            }
        }
        var query = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var values = http.GetRouteData().Values.ToDictionary(v => v.Key, v => v.Value?.ToString() ?? "", StringComparer.OrdinalIgnoreCase);
        return new FakeArmRequest(http.Request.Method, http.Request.Path.Value!, query, query.GetValueOrDefault("api-version"), values, body)
        {
            IfMatch = http.Request.Headers.IfMatch is { Count: > 0 } tag ? tag.ToString() : null,
        };
    }
}
