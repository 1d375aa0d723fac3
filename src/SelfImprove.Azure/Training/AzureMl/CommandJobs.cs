using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;

namespace SelfImprove.Azure.Training.AzureMl;

/// <summary>Command jobs that run <c>src/training/train.py</c>. The command is built here from checked words alone; nothing of a manifest becomes part of it
/// but numbers.</summary>
internal sealed class CommandJobs(WorkspaceSettings settings, Workspace workspace, TrainingCode code) : IJobKind
{
    public string Target => "azureml";

    public IReadOnlySet<string> Formats { get; } = new HashSet<string>(StringComparer.Ordinal) { "sft", "dpo" };

    public string Output => "model";

    public string ModelType => "custom_model";

    public async Task<JsonObject> PropertiesAsync(TrainingRecord record, string data, CancellationToken cancellationToken)
    {
        var profile = record.Profile;
        // What the manifest may not set is refused before anything is uploaded.
        var command = CommandOf(record);
        var properties = new JsonObject
        {
            ["jobType"] = "Command",
            ["command"] = command,
            ["codeId"] = await workspace.CodeAsync(code, cancellationToken),
            ["environmentId"] = profile.Environment,
            ["inputs"] = new JsonObject { ["train"] = new JsonObject { ["jobInputType"] = "uri_file", ["uri"] = data, ["mode"] = "ReadOnlyMount" } },
            ["outputs"] = new JsonObject
            {
                [Output] = new JsonObject { ["jobOutputType"] = "uri_folder", ["uri"] = await workspace.OutputAsync(record, cancellationToken),
                    ["mode"] = "ReadWriteMount" },
            },
            ["limits"] = new JsonObject { ["jobLimitsType"] = "Command", ["timeout"] = XmlConvert.ToString(profile.Timeout) },
            ["resources"] = Resources(profile),
            ["identity"] = IdentityOf(profile),
            ["environmentVariables"] = new JsonObject { ["PYTHONHASHSEED"] = record.Job.Settings.Seed.ToString(CultureInfo.InvariantCulture),
                ["TOKENIZERS_PARALLELISM"] = "false" },
        };
        if (profile.Compute is { } compute) properties["computeId"] = $"{settings.Id}/computes/{compute}";
        else properties["queueSettings"] = new JsonObject { ["jobTier"] = profile.JobTier };
        if (profile.Processes > 1 || profile.Instances > 1)
            properties["distribution"] = new JsonObject { ["distributionType"] = "PyTorch", ["processCountPerInstance"] = profile.Processes };
        return properties;
    }

    internal static JsonObject IdentityOf(TrainingProfile profile)
    {
        var identity = new JsonObject { ["identityType"] = profile.Identity };
        if (profile.Identity == "Managed" && profile.ClientId is not null) identity["clientId"] = profile.ClientId;
        return identity;
    }

    private static JsonObject Resources(TrainingProfile profile)
    {
        var resources = new JsonObject { ["instanceCount"] = profile.Instances };
        if (profile.InstanceType is not null) resources["instanceType"] = profile.InstanceType;
        if (profile.ShmSize is not null) resources["shmSize"] = profile.ShmSize;
        return resources;
    }

    private static string CommandOf(TrainingRecord record)
    {
        var profile = record.Profile;
        var command = new StringBuilder(profile.InstallRequirements ? "pip install --quiet -r requirements.txt && " : "")
            .Append(CultureInfo.InvariantCulture,
                $"python train.py --method {record.Job.Format} --model {profile.BaseModel} --train ${{{{inputs.train}}}} --output ${{{{outputs.model}}}}")
            .Append(CultureInfo.InvariantCulture, $" --seed {record.Job.Settings.Seed & int.MaxValue}");
        if (profile.Images && record.Job.Format == "sft") command.Append(" --vision");
        foreach (var (option, value) in profile.OptionsWith(record.Job.Settings.Hyperparameters, Hyperparameters.OfScript))
        {
            if (!Hyperparameters.ScriptOptions[option]) command.Append(CultureInfo.InvariantCulture, $" --{option} {value}");
            else if (bool.Parse(value)) command.Append(CultureInfo.InvariantCulture, $" --{option}");
        }
        return command.ToString();
    }
}
