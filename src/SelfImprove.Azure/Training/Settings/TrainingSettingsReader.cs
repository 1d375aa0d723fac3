using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace SelfImprove.Azure.Training;

/// <summary>Reads the section <c>training</c> of the host's configuration.</summary>
public static class TrainingSettingsReader
{
    private const string Word = @"[A-Za-z0-9][A-Za-z0-9._\-]{0,127}";
    private const string WorkspacePattern = @"/subscriptions/[^/?#]+/resourceGroups/[^/?#]+/providers/Microsoft\.MachineLearningServices/workspaces/[A-Za-z0-9][\w\-]{2,32}";
    private static readonly string[] ServiceOptions = ["n_epochs", "batch_size", "learning_rate_multiplier", "beta"];

    /// <summary>Reads it.</summary>
    /// <param name="configuration">The host's configuration; without a section <c>training</c> there are no targets.</param>
    /// <exception cref="InvalidTrainingSettingsException">It has mistakes; all are listed.</exception>
    public static TrainingSettings Read(IConfiguration configuration)
    {
        var mistakes = new List<string>();
        var root = new SettingsSection(configuration.GetSection("training"), mistakes);
        var (workspace, service) = (root.Section("azureml"), root.Section("openai"));
        var settings = new TrainingSettings
        {
            Workspace = workspace.Exists ? ReadWorkspace(workspace) : null,
            OpenAi = service.Exists ? ReadService(service) : null,
        };
        root.Finish();
        return mistakes.Count == 0 ? settings : throw new InvalidTrainingSettingsException(mistakes);
    }

    private static WorkspaceSettings ReadWorkspace(SettingsSection section)
    {
        var settings = new WorkspaceSettings
        {
            Id = section.Required("workspace", WorkspacePattern,
                "a workspace's resource id: /subscriptions/{id}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}"),
            Endpoint = section.Url("endpoint") ?? new Uri("https://management.azure.com/"),
            Audience = section.Text("audience", @"https://[A-Za-z0-9.\-]+/?", "an https address")?.TrimEnd('/') ?? "https://management.azure.com",
            BlobEndpoint = section.Url("blobEndpoint"),
            AllowPreview = section.Flag("allowPreview"),
            Profiles = ReadProfiles(section, "profiles", ReadCommandProfile),
            FineTuning = ReadProfiles(section, "fineTuning", ReadManagedProfile),
        };
        if (settings.FineTuning.Count > 0 && !settings.AllowPreview)
            section.Wrong("fineTuning", "managed fine-tuning jobs are a preview of Azure's: set allowPreview to true, or leave these profiles out.");
        if (settings.Profiles.Count + settings.FineTuning.Count == 0) section.Wrong("profiles",
            "there is none; manifests name profiles, so at least one is needed.");
        section.Finish();
        return settings;
    }

    private static FineTuningSettings ReadService(SettingsSection section)
    {
        var url = section.Url("url", mayBePlain: true);
        if (url is null && section.Text("url") is null) section.Wrong("url", "is missing; expected for example https://example.openai.azure.com/openai/v1/.");
        var auth = section.Word("auth", "", "entra", "api-key", "bearer", "none");
        if (auth.Length == 0 && section.Text("auth") is null) section.Wrong("auth", "is missing; expected entra, api-key, bearer or none.");
        var secret = section.Text("secret", "[a-z0-9-]{1,63}", "a secret's name");
        if (auth is "api-key" or "bearer" && secret is null) section.Wrong("secret", $"is missing; auth '{auth}' needs a secret's name.");
        if (url?.Scheme == Uri.UriSchemeHttp && auth is not ("none" or "") && !url.IsLoopback) section.Wrong("url",
            "is plain http: a key or token is sent over https only.");
        var settings = new FineTuningSettings
        {
            Endpoint = section.Required("endpoint", "[a-z0-9-]{1,63}", "the name of the model endpoint that serves what is trained"),
            Url = url ?? new Uri("https://missing.invalid/"),
            Auth = auth,
            Secret = secret,
            Metadata = section.Text("metadata") is null ? url?.Host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase) != true
                : section.Flag("metadata"),
            Profiles = ReadProfiles(section, "profiles", ReadServiceProfile),
        };
        if (settings.Profiles.Count == 0) section.Wrong("profiles", "there is none; manifests name profiles, so at least one is needed.");
        section.Finish();
        return settings;
    }

    private static Dictionary<string, TrainingProfile> ReadProfiles(SettingsSection section, string key, Func<SettingsSection, TrainingProfile> read)
    {
        var profiles = new Dictionary<string, TrainingProfile>(StringComparer.Ordinal);
        foreach (var found in section.Sections(key))
        {
            if (!Regex.IsMatch(found.Name, "^[a-z0-9-]{1,63}$")) found.Wrong("", "a profile's name is 1 to 63 of a-z, 0-9 and '-'.");
            profiles[found.Name] = read(found);
            found.Finish();
        }
        return profiles;
    }

    private static TrainingProfile ReadCommandProfile(SettingsSection section)
    {
        var profile = Machines(section) with
        {
            BaseModel = section.Required("baseModel", @"[A-Za-z0-9][A-Za-z0-9._\-]*(/[A-Za-z0-9][A-Za-z0-9._\-]*)?",
                "a model's name at Hugging Face, such as Qwen/Qwen3-4B-Instruct-2507"),
            Environment = section.Required("environment", @"azureml:[\w.\-]+:[\w.\-]+|azureml://[\w.\-/]+|/subscriptions/[\w.\-/]+",
                "an environment with its version: azureml:NAME:VERSION, or azureml://registries/azureml/environments/NAME/versions/VERSION"),
            Processes = section.Number("processes", 1, 1, 64),
            InstallRequirements = section.Flag("installRequirements"),
            Tunable = Tunable(section, Hyperparameters.OfScript.Keys),
            Options = section.Map("options"),
        };
        foreach (var (name, value) in profile.Options)
        {
            if (!Hyperparameters.ScriptOptions.TryGetValue(name, out var isFlag))
                section.Wrong($"options:{name}", $"is no option that a profile may set. There are: {string.Join(", ", Hyperparameters.ScriptOptions.Keys)}.");
            else if (isFlag ? !bool.TryParse(value, out _) : !Regex.IsMatch(value, @"^[A-Za-z0-9][A-Za-z0-9._,\-]{0,127}$"))
                section.Wrong($"options:{name}", isFlag ? $"'{value}' is neither true nor false." : $"'{value}' is not a number or a word.");
        }
        return profile;
    }

    private static TrainingProfile ReadManagedProfile(SettingsSection section) => Machines(section) with
    {
        BaseModel = section.Required("baseModel", @"azureml://[\w.\-/]+",
            "a model's address: azureml://registries/{registry}/models/{name}/versions/{version}"),
        TaskType = section.Word("taskType", "ChatCompletion", "ChatCompletion", "TextCompletion", "TextClassification", "QuestionAnswering",
            "TextSummarization", "TextTranslation"),
        Options = Numbers(section, "options", _ => true, ""),
    };

    private static TrainingProfile ReadServiceProfile(SettingsSection section) => new()
    {
        Name = section.Name,
        BaseModel = section.Required("baseModel", Word, "a model of the service that can be fine-tuned, such as gpt-4.1-mini-2025-04-14"),
        TrainingType = section.Text("trainingType") is null ? null : section.Word("trainingType", "", "Standard", "GlobalStandard", "Developer"),
        PricePerHour = section.Amount("pricePerHour"),
        PricePerMillionTokens = section.Amount("pricePerMillionTokens"),
        Images = section.Flag("images"),
        Tunable = Tunable(section, Hyperparameters.OfService.Keys),
        Options = Numbers(section, "options", ServiceOptions.Contains, string.Join(", ", ServiceOptions)),
    };

    private static TrainingProfile Machines(SettingsSection section)
    {
        var (compute, instance) = (section.Text("compute", @"[A-Za-z][A-Za-z0-9\-]{1,23}", "a compute's name"),
            section.Text("instanceType", @"\w{3,64}", "a machine such as Standard_NC24ads_A100_v4"));
        if (compute is null && instance is null && section.Text("compute") is null && section.Text("instanceType") is null)
            section.Wrong("", "names neither a compute of the workspace nor, for serverless training, an instanceType.");
        return new TrainingProfile
        {
            Name = section.Name,
            BaseModel = "",
            Compute = compute,
            InstanceType = instance,
            JobTier = section.Word("jobTier", "Standard", "Spot", "Basic", "Standard", "Premium"),
            Instances = section.Number("instances", 1, 1, 64),
            Identity = section.Word("identity", "AMLToken", "AMLToken", "Managed", "UserIdentity"),
            ClientId = section.Text("clientId", "[0-9a-fA-F-]{36}", "a client id"),
            ShmSize = section.Text("shmSize", "[0-9]{1,5}[bkmg]", "a size such as 16g"),
            Timeout = section.Span("timeout", TimeSpan.FromHours(24)),
            PricePerHour = section.Amount("pricePerHour"),
            Images = section.Flag("images"),
        };
    }

    private static IReadOnlyList<string> Tunable(SettingsSection section, IEnumerable<string> names)
    {
        var list = section.List("tunable");
        foreach (var name in list.Except(names, StringComparer.Ordinal)) section.Wrong("tunable", $"'{name}' is none of: {string.Join(", ", names)}.");
        return list;
    }

    private static IReadOnlyDictionary<string, string> Numbers(SettingsSection section, string key, Func<string, bool> isKnown, string known)
    {
        var map = section.Map(key);
        foreach (var (name, value) in map)
        {
            if (!isKnown(name)) section.Wrong($"{key}:{name}", $"is no hyperparameter here. There are: {known}.");
            else if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                || !double.IsFinite(number)) section.Wrong($"{key}:{name}", $"'{value}' is not a number.");
        }
        return map;
    }
}
