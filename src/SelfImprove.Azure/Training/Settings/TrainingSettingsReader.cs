using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SelfImprove.Azure.Settings;

namespace SelfImprove.Azure.Training;

/// <summary>Reads the section <c>training</c> of the host's configuration.</summary>
public static class TrainingSettingsReader
{
    /// <summary>The host of an address that is missing or wrong.</summary>
    internal const string NoHost = "missing.invalid";

    private const string Word = @"[A-Za-z0-9][A-Za-z0-9._\-]{0,127}";
    private const string WorkspacePattern = @"/subscriptions/[^/?#]+/resourceGroups/[^/?#]+/providers/Microsoft\.MachineLearningServices/workspaces/[A-Za-z0-9][\w\-]{2,32}";
    private static readonly string[] ServiceOptions = ["n_epochs", "batch_size", "learning_rate_multiplier", "beta"];

    /// <summary>Reads it.</summary>
    /// <param name="configuration">The host's configuration; without a section <c>training</c> there are no targets.</param>
    /// <param name="mistakes">Gets what is wrong; what is read is of use only where that is nothing.</param>
    public static TrainingSettings Read(IConfiguration configuration, ICollection<string> mistakes)
    {
        var root = new SettingsReader(configuration.GetSection("training"), mistakes);
        var (workspace, service) = (root.Section("azureml"), root.Section("openai"));
        var settings = new TrainingSettings
        {
            Workspace = workspace.Exists ? ReadWorkspace(workspace) : null,
            OpenAi = service.Exists ? ReadService(service) : null,
        };
        root.Finish();
        return settings;
    }

    private static WorkspaceSettings ReadWorkspace(SettingsReader reader)
    {
        var settings = new WorkspaceSettings
        {
            Id = reader.Needed("workspace",
                "a workspace's resource id: /subscriptions/{id}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}", WorkspacePattern) ?? "",
            Endpoint = reader.Url("endpoint") ?? new Uri("https://management.azure.com/"),
            Audience = reader.Text("audience", "an https address", @"https://[A-Za-z0-9.\-]+/?")?.TrimEnd('/') ?? "https://management.azure.com",
            BlobEndpoint = reader.Url("blobEndpoint"),
            AllowPreview = reader.Flag("allowPreview"),
            Profiles = ReadProfiles(reader, "profiles", ReadCommandProfile),
            FineTuning = ReadProfiles(reader, "fineTuning", ReadManagedProfile),
        };
        if (settings.FineTuning.Count > 0 && !settings.AllowPreview)
            reader.Wrong("fineTuning", "managed fine-tuning jobs are a preview of Azure's: set allowPreview to true, or leave these profiles out.");
        if (settings.Profiles.Count + settings.FineTuning.Count == 0) reader.Wrong("profiles",
            "there is none; manifests name profiles, so at least one is needed.");
        reader.Finish();
        return settings;
    }

    private static FineTuningSettings ReadService(SettingsReader reader)
    {
        var url = reader.Url("url", mayBePlain: true, isNeeded: true);
        var auth = reader.Word("auth", null, "entra", "api-key", "bearer", "none") ?? "";
        var secret = reader.Text("secret", "a secret's name", "[a-z0-9-]{1,63}");
        if (auth is "api-key" or "bearer" && secret is null) reader.Wrong("secret", $"is missing; auth '{auth}' needs a secret's name.");
        if (url?.Scheme == Uri.UriSchemeHttp && auth is not ("none" or "") && !url.IsLoopback) reader.Wrong("url",
            "is plain http: a key or token is sent over https only.");
        var settings = new FineTuningSettings
        {
            Endpoint = reader.Needed("endpoint", "the name of the model endpoint that serves what is trained", "[a-z0-9-]{1,63}") ?? "",
            Url = url ?? new Uri($"https://{NoHost}/"),
            Auth = auth,
            Secret = secret,
            Metadata = reader.Text("metadata") is null ? url?.Host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase) != true
                : reader.Flag("metadata"),
            Profiles = ReadProfiles(reader, "profiles", ReadServiceProfile),
        };
        if (settings.Profiles.Count == 0) reader.Wrong("profiles", "there is none; manifests name profiles, so at least one is needed.");
        reader.Finish();
        return settings;
    }

    private static Dictionary<string, TrainingProfile> ReadProfiles(SettingsReader reader, string key, Func<SettingsReader, TrainingProfile> read)
    {
        var profiles = new Dictionary<string, TrainingProfile>(StringComparer.Ordinal);
        foreach (var found in reader.Section(key).Sections())
        {
            if (!Regex.IsMatch(found.Name, "^[a-z0-9-]{1,63}$")) found.Wrong("", "a profile's name is 1 to 63 of a-z, 0-9 and '-'.");
            profiles[found.Name] = read(found);
            found.Finish();
        }
        return profiles;
    }

    private static TrainingProfile ReadCommandProfile(SettingsReader reader)
    {
        var profile = Machines(reader) with
        {
            BaseModel = reader.Needed("baseModel",
                "a model's name at Hugging Face, such as Qwen/Qwen3-4B-Instruct-2507", @"[A-Za-z0-9][A-Za-z0-9._\-]*(/[A-Za-z0-9][A-Za-z0-9._\-]*)?") ?? "",
            Environment = reader.Needed("environment",
                "an environment with its version: azureml:NAME:VERSION, or azureml://registries/azureml/environments/NAME/versions/VERSION",
                @"azureml:[\w.\-]+:[\w.\-]+|azureml://[\w.\-/]+|/subscriptions/[\w.\-/]+") ?? "",
            Processes = reader.Number("processes", 1, 1, 64),
            InstallRequirements = reader.Flag("installRequirements"),
            Tunable = Tunable(reader, Hyperparameters.OfScript.Keys),
            Options = reader.Map("options"),
        };
        foreach (var (name, value) in profile.Options)
        {
            if (!Hyperparameters.ScriptOptions.TryGetValue(name, out var isFlag))
                reader.NotAmong("options", name, Hyperparameters.ScriptOptions.Keys);
            else if (isFlag ? !bool.TryParse(value, out _) : !Regex.IsMatch(value, @"^[A-Za-z0-9][A-Za-z0-9._,\-]{0,127}$"))
                reader.Wrong($"options:{name}", isFlag ? $"'{value}' is neither true nor false." : $"'{value}' is not a number or a word.");
        }
        return profile;
    }

    private static TrainingProfile ReadManagedProfile(SettingsReader reader) => Machines(reader) with
    {
        BaseModel = reader.Needed("baseModel",
            "a model's address: azureml://registries/{registry}/models/{name}/versions/{version}", @"azureml://[\w.\-/]+") ?? "",
        TaskType = reader.Word("taskType", "ChatCompletion", "ChatCompletion", "TextCompletion", "TextClassification", "QuestionAnswering",
            "TextSummarization", "TextTranslation")!,
        Options = Numbers(reader, "options", null),
    };

    private static TrainingProfile ReadServiceProfile(SettingsReader reader) => new()
    {
        Name = reader.Name,
        BaseModel = reader.Needed("baseModel", "a model of the service that can be fine-tuned, such as gpt-4.1-mini-2025-04-14", Word) ?? "",
        TrainingType = reader.Text("trainingType") is null ? null : reader.Word("trainingType", "", "Standard", "GlobalStandard", "Developer"),
        PricePerHour = reader.Amount("pricePerHour") ?? 0,
        PricePerMillionTokens = reader.Amount("pricePerMillionTokens") ?? 0,
        Images = reader.Flag("images"),
        Tunable = Tunable(reader, Hyperparameters.OfService.Keys),
        Options = Numbers(reader, "options", ServiceOptions),
    };

    private static TrainingProfile Machines(SettingsReader reader)
    {
        var (compute, instance) = (reader.Text("compute", "a compute's name", @"[A-Za-z][A-Za-z0-9\-]{1,23}"),
            reader.Text("instanceType", "a machine such as Standard_NC24ads_A100_v4", @"\w{3,64}"));
        if (compute is null && instance is null && reader.Text("compute") is null && reader.Text("instanceType") is null)
            reader.Wrong("", "names neither a compute of the workspace nor, for serverless training, an instanceType.");
        return new TrainingProfile
        {
            Name = reader.Name,
            BaseModel = "",
            Compute = compute,
            InstanceType = instance,
            JobTier = reader.Word("jobTier", "Standard", "Spot", "Basic", "Standard", "Premium")!,
            Instances = reader.Number("instances", 1, 1, 64),
            Identity = reader.Word("identity", "AMLToken", "AMLToken", "Managed", "UserIdentity")!,
            ClientId = reader.Text("clientId", "a client id", "[0-9a-fA-F-]{36}"),
            ShmSize = reader.Text("shmSize", "a size such as 16g", "[0-9]{1,5}[bkmg]"),
            Timeout = reader.Span("timeout", TimeSpan.FromHours(24), TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)),
            PricePerHour = reader.Amount("pricePerHour") ?? 0,
            Images = reader.Flag("images"),
        };
    }

    private static IReadOnlyList<string> Tunable(SettingsReader reader, IEnumerable<string> names)
    {
        var list = reader.List("tunable");
        foreach (var name in list.Except(names, StringComparer.Ordinal)) reader.NotAmong("tunable", name, names);
        return list;
    }

    private static IReadOnlyDictionary<string, string> Numbers(SettingsReader reader, string key, IReadOnlyList<string>? known)
    {
        var map = reader.Map(key);
        foreach (var (name, value) in map)
        {
            if (known is not null && !known.Contains(name)) reader.NotAmong(key, name, known);
            else if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                || !double.IsFinite(number)) reader.Wrong($"{key}:{name}", $"'{value}' is not a number.");
        }
        return map;
    }
}
