using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using SelfImprove.Azure.Arm;
using SelfImprove.Deployment.Targets;

namespace SelfImprove.Azure.Deployment;

/// <summary>The resources of online endpoints, as Azure ML's api-version 2025-12-01 wants them. Pure.</summary>
internal static class OnlineBodies
{
    /// <summary>The id of the model behind a version's reference; null where it is none of the workspace's.</summary>
    public static string? ModelIdOf(AzureDeploymentSettings settings, string reference)
    {
        const string Prefix = OnlineEndpointTarget.ModelScheme + ":";
        if (!reference.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var rest = reference[Prefix.Length..];
        if (rest.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase)) return rest;
        return rest.Split(':', '/') is [{ Length: > 0 } name, { Length: > 0 } version] ? $"{settings.WorkspaceId}/models/{name}/versions/{version}" : null;
    }

    /// <summary>An endpoint without traffic: it gets deployments first.</summary>
    public static JsonObject Endpoint(AzureDeploymentSettings settings, OnlineProfile profile) => new()
    {
        ["location"] = settings.Location,
        ["identity"] = new JsonObject { ["type"] = "SystemAssigned" },
        ["tags"] = ArmSteps.Tags(),
        ["properties"] = new JsonObject { ["authMode"] = profile.AuthMode, ["traffic"] = new JsonObject(), ["mirrorTraffic"] = new JsonObject() },
    };

    /// <summary>A version's deployment.</summary>
    public static JsonObject Deployment(AzureDeploymentSettings settings, OnlineProfile profile, DeploymentOrder order, string name, string model)
    {
        var variables = new JsonObject { ["SERVED_MODEL_NAME"] = name };
        foreach (var (key, value) in profile.Variables) variables[key] = value;
        return new JsonObject
        {
            ["location"] = settings.Location,
            ["tags"] = ArmSteps.Tags(("agent", order.Agent), ("version", order.Version)),
            ["sku"] = new JsonObject { ["name"] = "Default", ["capacity"] = profile.Instances },
            ["properties"] = new JsonObject
            {
                ["endpointComputeType"] = "Managed",
                ["model"] = model,
                ["modelMountPath"] = profile.ModelMountPath,
                ["environmentId"] = EnvironmentIdOf(settings, profile.Environment),
                ["environmentVariables"] = variables,
                ["instanceType"] = profile.InstanceType,
                ["scaleSettings"] = new JsonObject { ["scaleType"] = "Default" },
                ["requestSettings"] = new JsonObject
                {
                    ["requestTimeout"] = XmlConvert.ToString(profile.RequestTimeout),
                    ["maxConcurrentRequestsPerInstance"] = profile.Concurrency,
                },
                ["startupProbe"] = Probe(profile.Startup, "PT10S", 30),
                ["readinessProbe"] = Probe(TimeSpan.FromSeconds(10), "PT10S", 30),
                ["livenessProbe"] = Probe(profile.Startup, "PT10S", 30),
            },
        };
    }

    /// <summary>An endpoint as it is, but for its traffic: PUT replaces all of it.</summary>
    public static JsonObject WithTraffic(ArmReply endpoint, IReadOnlyDictionary<string, int> traffic, IReadOnlyDictionary<string, int> mirror)
    {
        var properties = new JsonObject { ["traffic"] = Shares(traffic), ["mirrorTraffic"] = Shares(mirror) };
        foreach (var kept in (string[])["authMode", "description", "publicNetworkAccess", "compute"])
            if (endpoint.Text($"properties.{kept}") is { } value) properties[kept] = value;
        var body = new JsonObject { ["location"] = endpoint.Text("location"), ["properties"] = properties };
        if (endpoint.Find("tags") is { } tags) body["tags"] = JsonNode.Parse(tags.GetRawText());
        if (endpoint.Text("kind") is { } kind) body["kind"] = kind;
        if (endpoint.Text("identity.type") is { } type) body["identity"] = Identity(type, endpoint.Find("identity.userAssignedIdentities"));
        return body;
    }

    /// <summary>Traffic by deployment.</summary>
    public static SortedDictionary<string, int> Shares(JsonElement? traffic)
    {
        var shares = new SortedDictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        if (traffic is { ValueKind: JsonValueKind.Object } found)
            foreach (var share in found.EnumerateObject())
                if (share.Value.TryGetInt32(out var percent) && percent > 0) shares[share.Name] = percent;
        return shares;
    }

    private static JsonObject Shares(IReadOnlyDictionary<string, int> shares)
    {
        var traffic = new JsonObject();
        foreach (var (name, percent) in shares) traffic[name] = percent;
        return traffic;
    }

    // What the service adds to an identity (principal, tenant, client) it does not take back.
    private static JsonObject Identity(string type, JsonElement? assigned)
    {
        var identity = new JsonObject { ["type"] = type };
        if (assigned is not { ValueKind: JsonValueKind.Object } users) return identity;
        var kept = new JsonObject();
        foreach (var user in users.EnumerateObject()) kept[user.Name] = new JsonObject();
        identity["userAssignedIdentities"] = kept;
        return identity;
    }

    private static string EnvironmentIdOf(AzureDeploymentSettings settings, string environment) =>
        environment.Split(':') is ["azureml", { Length: > 0 } name, { Length: > 0 } version] ? $"{settings.WorkspaceId}/environments/{name}/versions/{version}" : environment;

    private static JsonObject Probe(TimeSpan initialDelay, string period, int failures) => new()
    {
        ["initialDelay"] = XmlConvert.ToString(initialDelay), ["period"] = period, ["timeout"] = "PT2S", ["failureThreshold"] = failures, ["successThreshold"] = 1,
    };
}
