using System.Globalization;
using System.Text.Json.Nodes;

namespace SelfImprove.Azure.Training.AzureMl;

/// <summary>Managed fine-tuning jobs, a preview of Azure's: exists only where the host's setting allows it. The service's own trainer runs, on supervised
/// rows.</summary>
internal sealed class FineTuningJobs(WorkspaceSettings settings, Workspace workspace) : IJobKind
{
    public string Target => "azureml-finetuning";

    public IReadOnlySet<string> Formats { get; } = new HashSet<string>(StringComparer.Ordinal) { "sft" };

    public string Output => "registered_model";

    public string ModelType => "mlflow_model";

    public async Task<JsonObject> PropertiesAsync(TrainingRecord record, string data, CancellationToken cancellationToken)
    {
        var profile = record.Profile;
        var options = profile.OptionsWith(record.Job.Settings.Hyperparameters, new Dictionary<string, string>());
        var details = new JsonObject
        {
            ["modelProvider"] = "Custom",
            ["taskType"] = profile.TaskType,
            ["model"] = new JsonObject { ["jobInputType"] = "mlflow_model", ["mode"] = "ReadOnlyMount", ["uri"] = profile.BaseModel },
            ["trainingData"] = new JsonObject { ["jobInputType"] = "uri_file", ["mode"] = "ReadOnlyMount", ["uri"] = data },
        };
        if (options.Count > 0)
            details["hyperParameters"] = new JsonObject(options.Select(o =>
                KeyValuePair.Create(o.Key, (JsonNode?)JsonValue.Create(o.Value.ToString(CultureInfo.InvariantCulture)))));
        var properties = new JsonObject
        {
            ["jobType"] = "FineTuning",
            ["fineTuningDetails"] = details,
            ["outputs"] = new JsonObject
            {
                [Output] = new JsonObject { ["jobOutputType"] = "mlflow_model", ["mode"] = "ReadWriteMount",
                    ["uri"] = await workspace.OutputAsync(record, cancellationToken) },
            },
            ["queueSettings"] = new JsonObject { ["jobTier"] = profile.JobTier },
            ["identity"] = CommandJobs.IdentityOf(profile),
        };
        if (profile.InstanceType is { } instance) properties["resources"] = new JsonObject { ["instanceTypes"] = new JsonArray(instance) };
        if (profile.Compute is { } compute) properties["computeId"] = $"{settings.Id}/computes/{compute}";
        return properties;
    }
}
