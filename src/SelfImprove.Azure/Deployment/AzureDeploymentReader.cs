using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SelfImprove.Azure.Settings;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Deployment;

/// <summary>Reads section <c>deployment</c> of the host's configuration.</summary>
internal static class AzureDeploymentReader
{
    public const string SectionName = "deployment";

    // What goes into a resource's id: no separator gets through.
    private const string ResourceName = @"[A-Za-z0-9][A-Za-z0-9._()-]{0,89}";

    private const string EndpointName = @"(?:[A-Za-z]|\{agent\})(?:[A-Za-z0-9-]|\{agent\})*";

    /// <summary>The settings; null where there is no such section. What is wrong goes into <paramref name="mistakes"/>.</summary>
    public static AzureDeploymentSettings? Read(IConfiguration configuration, ICollection<string> mistakes)
    {
        var reader = new SettingsReader(configuration.GetSection(SectionName), mistakes);
        if (!reader.Exists) return null;
        var online = reader.Section("onlineProfiles").Sections().ToDictionary(p => p.Name, OnlineOf, StringComparer.Ordinal);
        var openAi = reader.Section("openAiProfiles").Sections().ToDictionary(p => p.Name, OpenAiOf, StringComparer.Ordinal);
        var (needsWorkspace, needsAccount) = (online.Count > 0, openAi.Count > 0);
        var settings = new AzureDeploymentSettings
        {
            Subscription = reader.Needed("subscription", "a subscription's id: 00000000-0000-0000-0000-000000000000", "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}") ?? "",
            ResourceGroup = reader.Needed("resourceGroup", "the resource group's name", ResourceName) ?? "",
            Workspace = NameOf(reader, "workspace", "the Azure Machine Learning workspace's name: onlineProfiles need it", needsWorkspace),
            Location = NameOf(reader, "location", "the workspace's region, for example eastus2: onlineProfiles need it", needsWorkspace),
            Account = NameOf(reader, "account", "the Azure OpenAI account's name: openAiProfiles need it", needsAccount),
            OnlineProfiles = online,
            OpenAiProfiles = openAi,
        };
        if (!needsWorkspace && !needsAccount) reader.Wrong("", "there is no profile. Expected onlineProfiles, openAiProfiles or both, each with at least one profile");
        foreach (var name in online.Keys.Concat(openAi.Keys).Where(n => !StoragePath.IsName(n)))
            reader.Wrong(name, "a profile's name has 1 to 63 of the characters a-z, 0-9 and '-'");
        var endpoints = configuration.GetSection("models:endpoints");
        foreach (var (name, profile) in online) CheckVersionsAreChosen(reader, $"onlineProfiles:{name}:modelEndpoint", profile.ModelEndpoint, endpoints);
        foreach (var (name, profile) in openAi) CheckExists(reader, $"openAiProfiles:{name}:modelEndpoint", profile.ModelEndpoint, endpoints);
        reader.Finish();
        return settings;
    }

    // Versions share the endpoint's address: without the header, whichever deployment has the endpoint's own traffic would answer for all of them.
    private static void CheckVersionsAreChosen(SettingsReader reader, string key, string modelEndpoint, IConfigurationSection endpoints)
    {
        if (modelEndpoint.Length == 0) return;
        if (!modelEndpoint.Contains(OnlineProfile.AgentPlace, StringComparison.Ordinal)) CheckExists(reader, key, modelEndpoint, endpoints);
        var names = new Regex($@"^{Regex.Escape(modelEndpoint).Replace(@"\{agent}", "[a-z0-9-]+", StringComparison.Ordinal)}\z", RegexOptions.CultureInvariant);
        foreach (var endpoint in endpoints.GetChildren().Where(e => names.IsMatch(e.Key) && e["deploymentHeader"] is not { Length: > 0 }))
            reader.Wrong(key, $"'{modelEndpoint}' needs {endpoint.Path}:deploymentHeader, with the value {OnlineEndpointTarget.DeploymentHeader}: by it a version is chosen");
    }

    private static void CheckExists(SettingsReader reader, string key, string modelEndpoint, IConfigurationSection endpoints)
    {
        if (modelEndpoint.Length > 0 && !endpoints.GetSection(modelEndpoint).Exists())
            reader.Wrong(key, $"there is no model endpoint '{modelEndpoint}'. Add {endpoints.Path}:{modelEndpoint}, or name another");
    }

    private static OnlineProfile OnlineOf(SettingsReader reader)
    {
        var defaults = new OnlineProfile { Endpoint = "", ModelEndpoint = "", Environment = "", InstanceType = "" };
        var profile = new OnlineProfile
        {
            Endpoint = reader.Needed("endpoint", "an online endpoint's name: letters, digits and '-', a letter first; {agent} stands for the agent, as in si-{agent}", EndpointName) ?? "",
            ModelEndpoint = reader.Needed("modelEndpoint", "the name of the model endpoint (models:endpoints) with the online endpoint's address") ?? "",
            Environment = reader.Needed("environment", "the environment with the inference server: azureml:NAME:VERSION, or a resource's id") ?? "",
            InstanceType = reader.Needed("instanceType", "the machine, for example Standard_NC24ads_A100_v4") ?? "",
            Instances = reader.Number("instances", defaults.Instances, 1, 100),
            RequestTimeout = reader.Span("requestTimeout", defaults.RequestTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3)),
            Concurrency = reader.Number("concurrency", defaults.Concurrency, 1, 1000),
            Startup = reader.Span("startup", defaults.Startup, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            ModelMountPath = reader.Text("modelMountPath") ?? defaults.ModelMountPath,
            AuthMode = reader.Word("authMode", defaults.AuthMode, "AADToken", "Key", "AMLToken")!,
            Variables = reader.Map("variables"),
        };
        reader.Finish();
        return profile;
    }

    private static OpenAiProfile OpenAiOf(SettingsReader reader)
    {
        var defaults = new OpenAiProfile { ModelEndpoint = "" };
        var skus = reader.List("teacherSkus");
        var profile = new OpenAiProfile
        {
            ModelEndpoint = reader.Needed("modelEndpoint", "the name of the model endpoint (models:endpoints) with the account's address") ?? "",
            Sku = reader.Text("sku") ?? defaults.Sku,
            Capacity = reader.Number("capacity", defaults.Capacity, 1, 1_000_000),
            TeacherModels = reader.List("teacherModels"),
            TeacherSkus = skus.Count > 0 ? skus : defaults.TeacherSkus,
            TeacherCapacity = reader.Number("teacherCapacity", defaults.TeacherCapacity, 1, 1_000_000),
        };
        reader.Finish();
        return profile;
    }

    private static string? NameOf(SettingsReader reader, string key, string what, bool isNeeded) =>
        isNeeded ? reader.Needed(key, what, ResourceName) : reader.Text(key, what, ResourceName);
}
