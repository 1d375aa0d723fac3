using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SelfImprove.Azure.Tests.Arm;

namespace SelfImprove.Azure.Tests.Deployment;

/// <summary>
/// Online endpoints of an Azure ML workspace as recorded: 201 with Azure-AsyncOperation, <c>Updating</c> until the operation is due, traffic changed by full PUT only
/// (and checked), deployments with traffic not deletable, one change of an endpoint at a time.
/// </summary>
public sealed class FakeOnlineEndpoints : IFakeArmModule
{
    private const string Endpoint = "/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.MachineLearningServices/workspaces/{w}/onlineEndpoints/{e}";
    private static readonly string[] Versions = ["2025-12-01"];

    private FakeArm _arm = null!;
    private int _tag;

    /// <summary>What a deployment's operation fails with; it succeeds where null.</summary>
    public JsonObject? DeploymentError { get; set; }

    /// <summary>Deployments that were made, in order: a PUT of one that is there is no other.</summary>
    public ConcurrentQueue<string> Made { get; } = new();

    /// <summary>Whether endpoints have ETags and keep to If-Match.</summary>
    public bool HasETags { get; set; }

    /// <summary>Called before an endpoint's PUT is looked at: for somebody else's change in between.</summary>
    public Action<JsonObject>? BeforePut { get; set; }

    public static string IdOf(string endpoint, string? deployment = null) =>
        $"{FakeWorkspace.Id}/onlineEndpoints/{endpoint}" + (deployment is null ? "" : $"/deployments/{deployment}");

    public JsonObject? Find(string endpoint, string? deployment = null) => _arm.Resources.GetValueOrDefault(IdOf(endpoint, deployment));

    /// <summary>An endpoint's traffic, as "a=90 b=10 | b=10" (mirrored after the bar).</summary>
    public string TrafficOf(string endpoint) =>
        $"{Text(Find(endpoint)!["properties"]!["traffic"])} | {Text(Find(endpoint)!["properties"]!["mirrorTraffic"])}";

    public void Map(FakeArmRoutes routes)
    {
        _arm = routes.Arm;
        routes.Map("GET", Endpoint, Versions, Get);
        routes.Map("PUT", Endpoint, Versions, PutEndpoint, "location", "properties.authMode");
        routes.Map("GET", Endpoint + "/deployments/{d}", Versions, Get);
        routes.Map("PUT", Endpoint + "/deployments/{d}", Versions, PutDeployment,
            "location", "sku.name", "sku.capacity", "properties.endpointComputeType", "properties.model", "properties.environmentId", "properties.instanceType", "properties.scaleSettings.scaleType");
        routes.Map("DELETE", Endpoint + "/deployments/{d}", Versions, DeleteDeployment);
    }

    private FakeArmAnswer Get(FakeArmRequest request) =>
        _arm.Resources.TryGetValue(request.Path, out var found) ? new FakeArmAnswer(200, found.DeepClone()) : FakeArmAnswer.NotFound(request.Path);

    private FakeArmAnswer PutEndpoint(FakeArmRequest request)
    {
        _arm.Resources.TryGetValue(request.Path, out var before);
        if (before is not null) BeforePut?.Invoke(before);
        if (before is not null && IsBusy(before)) return FakeArmAnswer.Error(409, "Conflict", "Another operation on the endpoint is under way.");
        if (HasETags && before is not null && request.IfMatch != before["etag"]!.GetValue<string>())
            return FakeArmAnswer.Error(412, "PreconditionFailed", "The ETag does not match.");
        var (traffic, mirror) = (request.Find("properties.traffic") as JsonObject ?? [], request.Find("properties.mirrorTraffic") as JsonObject ?? []);
        if (Sum(traffic) is not (0 or 100)) return FakeArmAnswer.Error(400, "UserError", $"Traffic sums to {Sum(traffic)}, not 0 or 100.");
        if (Sum(mirror) > 50) return FakeArmAnswer.Error(400, "UserError", "Mirror traffic is above 50.");
        if (traffic.Concat(mirror).FirstOrDefault(t => Find(request.Values["e"], t.Key) is null).Key is { } none)
            return FakeArmAnswer.Error(400, "UserError", $"There is no deployment {none}.");
        if (request.Find("identity.principalId") is not null || request.Find("properties.scoringUri") is not null)
            return FakeArmAnswer.Error(400, "UserError", "Could not find member 'principalId' on object of type 'Identity'.");

        var endpoint = request.CopyOfBody();
        (endpoint["id"], endpoint["name"]) = (request.Path, request.Values["e"]);
        var properties = (JsonObject)endpoint["properties"]!;
        (properties["traffic"], properties["mirrorTraffic"]) = (traffic.DeepClone(), mirror.DeepClone());
        properties["scoringUri"] = $"https://{request.Values["e"]}.eastus2.inference.ml.azure.com/score";
        properties["provisioningState"] = before is null ? "Creating" : "Updating";
        if (endpoint["identity"] is JsonObject identity) identity["principalId"] = "b2c40329-0834-41a1-a1ea-ec041d61b255";
        if (HasETags) endpoint["etag"] = $"\"{++_tag}\"";
        _arm.Resources[request.Path] = endpoint;
        return Began(request, endpoint, before is null ? 201 : 200, () => null);
    }

    private FakeArmAnswer PutDeployment(FakeArmRequest request)
    {
        if (Find(request.Values["e"]) is not { } endpoint) return FakeArmAnswer.NotFound(request.Path);
        if (IsBusy(endpoint)) return FakeArmAnswer.Error(409, "Conflict", "The endpoint is not ready for deployments.");
        if (_arm.Resources.TryGetValue(request.Path, out var found) && IsBusy(found)) return FakeArmAnswer.Error(409, "Conflict", "Another operation on the deployment is under way.");
        var deployment = request.CopyOfBody();
        (deployment["id"], deployment["name"]) = (request.Path, request.Values["d"]);
        deployment["properties"]!["provisioningState"] = "Creating";
        _arm.Resources[request.Path] = deployment;
        Made.Enqueue(request.Values["d"]);
        return Began(request, deployment, 201, () => DeploymentError);
    }

    private FakeArmAnswer DeleteDeployment(FakeArmRequest request)
    {
        if (!_arm.Resources.TryGetValue(request.Path, out var deployment)) return FakeArmAnswer.NotFound(request.Path);
        var properties = Find(request.Values["e"])!["properties"]!;
        if (properties["traffic"]![request.Values["d"]] is not null || properties["mirrorTraffic"]![request.Values["d"]] is not null)
            return FakeArmAnswer.Error(400, "UserError", "A deployment with traffic can't be deleted: set its traffic to 0 first.");
        deployment["properties"]!["provisioningState"] = "Deleting";
        var operation = _arm.Operations.Begin("Microsoft.MachineLearningServices", request.Values["s"], request.ApiVersion!, () =>
        {
            _arm.Resources.TryRemove(request.Path, out _);
            return null;
        });
        return new FakeArmAnswer(202) { AsyncOperation = operation };
    }

    private FakeArmAnswer Began(FakeArmRequest request, JsonObject resource, int status, Func<JsonObject?> end) => new(status, resource.DeepClone())
    {
        AsyncOperation = _arm.Operations.Begin("Microsoft.MachineLearningServices", request.Values["s"], request.ApiVersion!, () =>
        {
            var error = end();
            resource["properties"]!["provisioningState"] = error is null ? "Succeeded" : "Failed";
            return error;
        }),
        Location = $"{request.Path}?api-version={request.ApiVersion}",
    };

    private static bool IsBusy(JsonObject resource) => resource["properties"]!["provisioningState"]!.GetValue<string>() is not ("Succeeded" or "Failed");

    private static int Sum(JsonObject shares) => shares.Sum(s => s.Value!.GetValue<int>());

    private static string Text(JsonNode? shares) => string.Join(' ', ((JsonObject)shares!).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}"));
}
