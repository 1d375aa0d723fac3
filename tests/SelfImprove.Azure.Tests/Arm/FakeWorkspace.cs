using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace SelfImprove.Azure.Tests.Arm;

/// <summary>
/// An Azure Machine Learning workspace: jobs, data, code and model versions, datastores. A job's status follows a script; a second PUT of a job answers 200
/// and starts nothing; unknown members are refused as the real service refuses them.
/// </summary>
public sealed class FakeWorkspace : IFakeArmModule
{
    public const string Subscription = "11111111-2222-3333-4444-555555555555";
    public const string Id = $"/subscriptions/{Subscription}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/lab";

    private const string Workspace = "/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.MachineLearningServices/workspaces/{w}";

    private static readonly string[] JobMembers =
    [
        "arguments", "autologgerSettings", "codeId", "command", "componentId", "computeId", "description", "displayName", "distribution", "environmentId",
            "environmentVariables",
        "experimentName", "fineTuningDetails", "identity", "inputs", "isArchived", "jobType", "limits", "notificationSetting", "outputs", "parameters",
            "parentJobName", "properties", "queueSettings", "resources", "services", "tags",
    ];

    private static readonly string[] OutputMembers = ["assetName", "description", "jobOutputType", "mode", "uri"];

    private readonly ConcurrentDictionary<string, (int Looks, DateTimeOffset Began)> _progress = new(StringComparer.OrdinalIgnoreCase);
    private FakeArm _arm = null!;

    /// <summary>The api-versions taken; tests of recordings add the recorded ones.</summary>
    public List<string> ApiVersions { get; } = ["2025-12-01"];

    /// <summary>A job's status by its name, the number of the look (from 1) and its age; an unknown word is passed on as it is.</summary>
    public Func<string, int, TimeSpan, string> Script { get; set; } = (_, looks, _) => looks switch { 1 => "Preparing", 2 => "Queued", 3 => "Running", 4 =>
        "Finalizing", _ => "Completed" };

    /// <summary>Of jobs that end Failed: the error that the job's properties tell.</summary>
    public string? FailureMessage { get; set; }

    /// <summary>Names of the jobs that were made, in order.</summary>
    public ConcurrentQueue<string> Made { get; } = new();

    /// <summary>Names of the jobs whose cancellation took effect.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    /// <summary>The default datastore's account, container and endpoint suffix.</summary>
    public (string Account, string Container, string Endpoint, string Protocol) Datastore { get; set; } = ("labstore", "azureml-blobstore", "core.windows.net",
        "https");

    public JsonObject JobBody(string name) => _arm.Resources[$"{Id}/jobs/{name}"];

    /// <summary>A job as if it had never been.</summary>
    public void Vanish(string name) => _arm.Resources.TryRemove($"{Id}/jobs/{name}", out _);

    public void Map(FakeArmRoutes routes)
    {
        _arm = routes.Arm;
        routes.Map("PUT", Workspace + "/jobs/{id}", ApiVersions, PutJob, "properties.jobType");
        routes.Map("GET", Workspace + "/jobs/{id}", ApiVersions, GetJob);
        routes.Map("POST", Workspace + "/jobs/{id}/cancel", ApiVersions, CancelJob);
        routes.Map("GET", Workspace + "/datastores", ApiVersions, _ =>
            new FakeArmAnswer(200, new JsonObject { ["value"] = new JsonArray(DefaultDatastore()) }));
        MapVersions(routes, "data", "properties.dataType", "properties.dataUri");
        MapVersions(routes, "codes", "properties.codeUri");
        MapVersions(routes, "models", "properties.modelUri");
    }

    private void MapVersions(FakeArmRoutes routes, string collection, params string[] required)
    {
        var pattern = Workspace + $"/{collection}/{{n}}/versions/{{v}}";
        routes.Map("GET", pattern, ApiVersions, r => _arm.Resources.TryGetValue(r.Path, out var found) ? new FakeArmAnswer(200, found.DeepClone())
            : FakeArmAnswer.NotFound(r.Path));
        routes.Map("PUT", pattern, ApiVersions, r =>
        {
            var resource = Resource(r, $"Microsoft.MachineLearningServices/workspaces/{collection}/versions", r.Values["v"]);
            var isNew = _arm.Resources.TryAdd(r.Path, resource);
            if (!isNew) _arm.Resources[r.Path] = resource;
            return new FakeArmAnswer(isNew ? 201 : 200, resource.DeepClone());
        }, required);
    }

    private FakeArmAnswer PutJob(FakeArmRequest request)
    {
        var type = request.Find("properties.jobType")!.GetValue<string>();
        var missing = type switch
        {
            "Command" => Missing(request, "properties.command", "properties.environmentId"),
            "FineTuning" => Missing(request, "properties.fineTuningDetails", "properties.fineTuningDetails.model", "properties.fineTuningDetails.taskType",
                "properties.fineTuningDetails.trainingData", "properties.fineTuningDetails.modelProvider", "properties.outputs"),
            "Distillation" => Missing(request, "properties.dataGenerationDetails", "properties.finetuningDetails", "properties.outputs"),
            _ => [$"The job type {type} is not known."],
        };
        var unknown = type == "Command" ? Unknown(request) : [];
        if (missing.Count + unknown.Count > 0) return FakeArmAnswer.Error(400, "UserError", "Request is invalid and/or missing fields.",
            [.. missing, .. unknown]);
        if (_arm.Resources.TryGetValue(request.Path, out var found)) return new FakeArmAnswer(200, found.DeepClone());

        var name = request.Values["id"];
        var job = Resource(request, "Microsoft.MachineLearningServices/workspaces/jobs", name);
        var properties = (JsonObject)job["properties"]!;
        properties["status"] = "Starting";
        properties["services"] = new JsonObject
        {
            ["Tracking"] = new JsonObject { ["jobServiceType"] = "Tracking", ["endpoint"] = $"azureml://eastus2.api.azureml.ms/mlflow/v1.0{Id}?" },
            ["Studio"] = new JsonObject { ["jobServiceType"] = "Studio", ["endpoint"] = $"https://ml.azure.com/runs/{name}?wsid={Id}" },
        };
        if (properties["outputs"] is not JsonObject outputs) properties["outputs"] = outputs = [];
        outputs["default"] = new JsonObject
        {
            ["uri"] = $"azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.{name}", ["mode"] = "ReadWriteMount", ["jobOutputType"] = "uri_folder",
        };
        if (properties["resources"] is not JsonObject resources) properties["resources"] = resources = new JsonObject { ["instanceCount"] = 1 };
        resources["shmSize"] ??= "2g";
        properties["queueSettings"] ??= new JsonObject { ["jobTier"] = "Null" };
        _arm.Resources[request.Path] = job;
        _progress[name] = (0, _arm.Clock.GetUtcNow());
        Made.Enqueue(name);
        return new FakeArmAnswer(201, job.DeepClone()) { Location = $"{request.Path}?api-version={request.ApiVersion}" };
    }

    private FakeArmAnswer GetJob(FakeArmRequest request)
    {
        if (!_arm.Resources.TryGetValue(request.Path, out var job)) return FakeArmAnswer.NotFound(request.Path);
        var name = request.Values["id"];
        var properties = (JsonObject)job["properties"]!;
        if (properties["status"]!.GetValue<string>() is not ("Completed" or "Failed" or "Canceled"))
        {
            var (looks, began) = _progress.AddOrUpdate(name, (1, _arm.Clock.GetUtcNow()), (_, p) => (p.Looks + 1, p.Began));
            properties["status"] = Cancelled.Contains(name) ? "Canceled" : Script(name, looks, _arm.Clock.GetUtcNow() - began);
            if (properties["status"]!.GetValue<string>() == "Failed" && FailureMessage is not null)
                properties["services"]!["Studio"]!["errorMessage"] = FailureMessage;
        }
        return new FakeArmAnswer(200, job.DeepClone());
    }

    private FakeArmAnswer CancelJob(FakeArmRequest request)
    {
        var id = request.Path[..^"/cancel".Length];
        if (!_arm.Resources.TryGetValue(id, out var job)) return FakeArmAnswer.NotFound(id);
        if (job["properties"]!["status"]!.GetValue<string>() is "Completed" or "Failed" or "Canceled")
            return FakeArmAnswer.Error(400, "UserError", "The job has already ended and can't be cancelled.");
        Cancelled.Enqueue(request.Values["id"]);
        job["properties"]!["status"] = "CancelRequested";
        return new FakeArmAnswer(202) { Location = $"{id}?api-version={request.ApiVersion}" };
    }

    private JsonObject DefaultDatastore() => new()
    {
        ["id"] = $"{Id}/datastores/workspaceblobstore",
        ["name"] = "workspaceblobstore",
        ["type"] = "Microsoft.MachineLearningServices/workspaces/datastores",
        ["properties"] = new JsonObject
        {
            ["isDefault"] = true, ["datastoreType"] = "AzureBlob", ["accountName"] = Datastore.Account, ["containerName"] = Datastore.Container,
            ["endpoint"] = Datastore.Endpoint, ["protocol"] = Datastore.Protocol, ["credentials"] = new JsonObject { ["credentialsType"] = "None" },
        },
    };

    private JsonObject Resource(FakeArmRequest request, string type, string name)
    {
        var resource = request.CopyOfBody();
        resource["id"] = request.Path;
        resource["name"] = name;
        resource["type"] = type;
        resource["systemData"] = new JsonObject { ["createdAt"] = _arm.Clock.GetUtcNow().ToString("o"), ["createdBy"] = "fake",
            ["createdByType"] = "Application" };
        return resource;
    }

    private static List<string> Missing(FakeArmRequest request, params string[] paths) =>
        [.. paths.Where(p => request.Find(p) is null).Select(p => $"The {p} field is required.")];

    private static List<string> Unknown(FakeArmRequest request)
    {
        var properties = (JsonObject)request.Find("properties")!;
        var wrong = properties.Select(p => p.Key).Where(k => !JobMembers.Contains(k)).Select(k =>
            $"Could not find member '{k}' on object of type 'CommandJob'.").ToList();
        foreach (var (_, output) in request.Find("properties.outputs") as JsonObject ?? [])
            wrong.AddRange((output as JsonObject ?? []).Select(o => o.Key).Where(k => !OutputMembers.Contains(k)).Select(k =>
                $"Could not find member '{k}' on object of type 'UriFolderJobOutput'."));
        return wrong;
    }
}
