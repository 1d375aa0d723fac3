using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>How a module adds routes: each with the api-versions it takes and the members that a body must have.</summary>
public sealed class FakeArmRoutes(WebApplication app, FakeArm arm)
{
    /// <summary>The fake itself: store, operations, clock.</summary>
    public FakeArm Arm { get; } = arm;

    /// <param name="method">GET, PUT, POST, DELETE or PATCH.</param>
    /// <param name="pattern">The path, with <c>{names}</c>; compared without case, as ARM does.</param>
    /// <param name="apiVersions">What the query's api-version may be.</param>
    /// <param name="handler">Makes the answer.</param>
    /// <param name="required">Members that the body must have, by dotted path: absent or null is 400.</param>
    public void Map(string method, string pattern, IReadOnlyCollection<string> apiVersions, Func<FakeArmRequest, FakeArmAnswer> handler,
        params string[] required) =>
        app.MapMethods(pattern, [method], async (HttpContext http) =>
        {
            var request = await FakeArmRequest.ReadAsync(http);
            var answer = Refusal(request, apiVersions, required) ?? handler(request);
            await answer.WriteAsync(http, Arm);
        });

    /// <summary>A route that is none of ARM's: no api-version, any body.</summary>
    public void Raw(string pattern, RequestDelegate handler) => app.Map(pattern, handler);

    private static FakeArmAnswer? Refusal(FakeArmRequest request, IReadOnlyCollection<string> apiVersions, string[] required)
    {
        if (request.ApiVersion is null)
            return FakeArmAnswer.Error(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.");
        if (!apiVersions.Contains(request.ApiVersion))
            return FakeArmAnswer.Error(400, "InvalidResourceType",
                $"The resource type could not be found for api version '{request.ApiVersion}'. The supported api-versions are '{string.Join(",", apiVersions)}'.");
        if (required.Length > 0 && request.Body is not JsonObject)
            return FakeArmAnswer.Error(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
        var missing = required.Where(path => request.Find(path) is null).ToList();
        return missing.Count == 0
            ? null
            : FakeArmAnswer.Error(400, "UserError", "Request is invalid and/or missing fields.", [.. missing.Select(m => $"The {m} field is required.")]);
    }
}
