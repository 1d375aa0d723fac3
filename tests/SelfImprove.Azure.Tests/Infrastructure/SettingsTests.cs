using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace SelfImprove.Azure.Tests.Infrastructure;

/// <summary>The app's settings are those that the host reads: a name that nobody reads is a setting that does nothing.</summary>
public sealed partial class SettingsTests
{
    private static readonly string[] Sections = ["hostSettings", "entraSettings", "modelSettings", "studentSettings", "gpuSettings", "deploymentSettings"];

    // By the path in the configuration, with * for a name that the administrator chooses.
    private static readonly string[] Read =
    [
        "SelfImprove:Store", "SelfImprove:Entra:TenantId", "SelfImprove:Entra:Audience",
        "models:entra:clientId", "models:endpoints:*:url", "models:endpoints:*:auth", "models:endpoints:*:allowPrivate",
        "models:endpoints:*:prices:*:input", "models:endpoints:*:prices:*:output",
        "training:openai:endpoint", "training:openai:url", "training:openai:auth",
        "training:openai:profiles:*:baseModel", "training:openai:profiles:*:trainingType", "training:openai:profiles:*:pricePerMillionTokens",
        "training:azureml:workspace", "training:azureml:blobEndpoint",
        "training:azureml:profiles:*:baseModel", "training:azureml:profiles:*:environment", "training:azureml:profiles:*:compute",
        "training:azureml:profiles:*:identity", "training:azureml:profiles:*:clientId", "training:azureml:profiles:*:installRequirements",
        "training:azureml:profiles:*:timeout", "training:azureml:profiles:*:pricePerHour",
        "deployment:subscription", "deployment:resourceGroup", "deployment:workspace", "deployment:location", "deployment:account",
        "deployment:openAiProfiles:*:modelEndpoint", "deployment:openAiProfiles:*:sku", "deployment:openAiProfiles:*:teacherModels:*",
        "deployment:openAiProfiles:*:teacherCapacity",
    ];

    [Fact]
    public async Task Settings_OfTheProduct_AreExactlyThoseThatAreRead()
    {
        var main = await BicepFile.OfAsync("main.bicep");
        var set = Sections.SelectMany(s => main.Objects[s].Keys).Select(k => k.Replace("__", ":", StringComparison.Ordinal)).ToList();
        set.ShouldBeUnique();
        foreach (var name in set) Read.Any(r => Matches(r, name)).ShouldBeTrue($"{name} is read by nobody.");
        foreach (var name in Read) set.Any(s => Matches(name, s)).ShouldBeTrue($"{name} is read and not set.");
    }

    [Fact]
    public async Task Settings_OfTheKeys_AreNumberedNamesRolesAndHashes()
    {
        var text = (await BicepFile.OfAsync("main.bicep")).Text;
        KeySetting().Matches(text).Select(m => m.Groups[1].Value).ShouldBe(["Name", "Roles", "Sha256"]);
    }

    [Fact]
    public async Task Settings_OfTheFunctionsHost_NameNoKeyOfTheStorageAccount()
    {
        var settings = (await BicepFile.OfAsync("api.bicep")).Objects["hostSettings"];
        settings.Keys.ShouldBe(
        [
            "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId", "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "TASKHUB_NAME", "AZURE_CLIENT_ID",
        ], ignoreOrder: true);
        settings["AzureWebJobsStorage__credential"].ShouldBe("'managedidentity'");
        settings["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"].ShouldContain("Authentication=ManagedIdentity");
    }

    [Fact]
    public async Task Settings_All_HaveNamesThatLinuxTakes()
    {
        foreach (var file in new[] { "main.bicep", "api.bicep" })
            foreach (var (_, settings) in (await BicepFile.OfAsync(file)).Objects.Where(o => o.Key.EndsWith("Settings", StringComparison.Ordinal)))
                settings.Keys.ShouldAllBe(k => SettingName().IsMatch(k));
    }

    // Letters and digits, as the host demands of a hub.
    [Fact]
    public async Task TaskHub_Name_HasNoDash()
    {
        (await BicepFile.OfAsync("main.bicep")).Text.ShouldContain("hubName: '${abbreviations.durableTaskHubs}${token}'");
        File.ReadAllText(Path.Combine(BicepFile.Folder, "abbreviations.json")).ShouldContain("\"durableTaskHubs\": \"hub\"");
    }

    private static bool Matches(string pattern, string name) =>
        Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace("\\*", "[^:]+", StringComparison.Ordinal) + "$");

    [GeneratedRegex(@"'SelfImprove__Keys__\$\{n\}__(\w+)'")]
    private static partial Regex KeySetting();

    [GeneratedRegex("^[A-Za-z0-9_]+$")]
    private static partial Regex SettingName();
}
