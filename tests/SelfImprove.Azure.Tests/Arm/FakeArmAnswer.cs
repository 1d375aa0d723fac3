using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>What a module answers; absolute addresses are made from paths, since the fake's port is chosen when it starts.</summary>
public sealed record FakeArmAnswer(int Status, JsonNode? Body = null)
{
    /// <summary>Path (with its query) of <c>Location</c>.</summary>
    public string? Location { get; init; }

    /// <summary>Path (with its query) of <c>Azure-AsyncOperation</c>.</summary>
    public string? AsyncOperation { get; init; }

    /// <summary>Seconds of <c>Retry-After</c>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>An error in ARM's shape.</summary>
    public static FakeArmAnswer Error(int status, string code, string message, IReadOnlyList<string>? details = null, int? retryAfter = null) =>
        new(status, new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["code"] = code,
            ["message"] = message,
            ["details"] = new JsonArray([.. (details ?? []).Select(d => new JsonObject { ["code"] = "RequestInvalid", ["message"] = d,
                ["details"] = new JsonArray(), ["additionalInfo"] = new JsonArray() })]),
            ["additionalInfo"] = new JsonArray(new JsonObject { ["type"] = "ComponentName", ["info"] = new JsonObject { ["value"] = "managementfrontend" } }),
        },
    })
    { RetryAfter = retryAfter };

    /// <summary>What ARM says of a resource that is not there.</summary>
    public static FakeArmAnswer NotFound(string id) => Error(404, "ResourceNotFound", $"The Resource '{id}' was not found.");

    internal async Task WriteAsync(HttpContext http, FakeArm arm)
    {
        var headers = http.Response.Headers;
        if (Location is not null) headers.Location = arm.UrlOf(Location);
        if (AsyncOperation is not null)
        {
            headers["Azure-AsyncOperation"] = arm.UrlOf(AsyncOperation);
            headers["x-ms-async-operation-timeout"] = "PT30M";
        }
        if (RetryAfter is { } seconds) headers.RetryAfter = seconds.ToString();
        http.Response.StatusCode = Status;
        if (Body is null) return;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(Body.ToJsonString());
    }
}
