using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Deployment;
using SelfImprove.Azure.Settings;

namespace SelfImprove.Azure.Tests.Deployment;

/// <summary>Section <c>deployment</c> of the host's configuration: all that is wrong is told at start.</summary>
public sealed class AzureDeploymentSettingsTests
{
    private static IConfiguration Configuration(Action<Dictionary<string, string?>>? change = null)
    {
        var values = AzureDeploymentWorld.Configuration;
        change?.Invoke(values);
        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }

    private static AzureDeploymentSettings? Read(IConfiguration configuration)
    {
        var services = new ServiceCollection().AddAzureDeployment(configuration);
        return services.LastOrDefault(s => s.ServiceType == typeof(AzureDeploymentSettings))?.ImplementationInstance as AzureDeploymentSettings;
    }

    [Fact]
    public void Read_AsDocumented_HasDefaults()
    {
        var settings = Read(Configuration())!;
        var gpu = settings.OnlineProfiles["gpu"];
        (gpu.RequestTimeout, gpu.Instances, gpu.AuthMode, gpu.ModelMountPath).ShouldBe((TimeSpan.FromMinutes(3), 1, "AADToken", "/var/model"));
        settings.OpenAiProfiles["teachers"].ShouldSatisfyAllConditions(p => p.Sku.ShouldBe("Standard"), p => p.Capacity.ShouldBe(5), p => p.TeacherCapacity.ShouldBe(100));
    }

    [Fact]
    public void Read_NoSection_AddsNothing() => Read(new ConfigurationBuilder().Build()).ShouldBeNull();

    [Fact]
    public void Read_ManyMistakes_TellsAll()
    {
        var configuration = Configuration(v =>
        {
            v["deployment:subscription"] = "mine";
            v.Remove("deployment:workspace");
            v["deployment:resourceGroup"] = "a/../b";
            v["deployment:onlineProfiles:gpu:requestTimeout"] = "01:00:00";
            v["deployment:onlineProfiles:gpu:instances"] = "0";
            v["deployment:onlineProfiles:gpu:endpoint"] = "my endpoint";
            v.Remove("deployment:onlineProfiles:gpu:instanceType");
            v["deployment:onlineProfiles:gpu:authMode"] = "Password";
            v["deployment:openAiProfiles:teachers:capasity"] = "1";
            v["deployment:openAiProfiles:Big Ones:modelEndpoint"] = "azure";
            v["deployment:openAiProfiles:teachers:modelEndpoint"] = "azur";
            v["models:endpoints:ml-helpdesk:url"] = "https://si-helpdesk.eastus2.inference.ml.azure.com/v1/";
        });
        var mistakes = Should.Throw<InvalidSettingsException>(() => Read(configuration)).Mistakes;
        string[] expected =
        [
            "deployment:subscription: 'mine' is not a subscription's id", "deployment:resourceGroup: 'a/../b' is not the resource group's name",
            "deployment:workspace: is missing", "deployment:onlineProfiles:gpu:requestTimeout: '01:00:00' is not a span of time from 00:00:01 to 00:03:00",
            "deployment:onlineProfiles:gpu:instances: '0' is not a whole number from 1 to 100", "deployment:onlineProfiles:gpu:endpoint: 'my endpoint' is not an online endpoint's name",
            "deployment:onlineProfiles:gpu:instanceType: is missing", "deployment:onlineProfiles:gpu:authMode: 'Password' is none of: AADToken, Key, AMLToken",
            "deployment:openAiProfiles:teachers:modelEndpoint: there is no model endpoint 'azur'. Add models:endpoints:azur",
            "deployment:onlineProfiles:gpu:modelEndpoint: 'ml-{agent}' needs models:endpoints:ml-helpdesk:deploymentHeader, with the value azureml-model-deployment",
            "deployment:openAiProfiles:teachers:capasity: there is no such setting (did you mean capacity?)", "deployment:Big Ones: a profile's name has",
        ];
        foreach (var start in expected) mistakes.ShouldContain(m => m.StartsWith(start), string.Join('\n', mistakes));
        mistakes.Count.ShouldBe(expected.Length, string.Join('\n', mistakes));
    }

    [Fact]
    public void Read_NoProfile_IsAMistake()
    {
        var configuration = Configuration(v =>
        {
            foreach (var key in v.Keys.Where(k => k.Contains("Profiles")).ToList()) v.Remove(key);
        });
        Should.Throw<InvalidSettingsException>(() => Read(configuration)).Mistakes.ShouldHaveSingleItem().ShouldStartWith("deployment: there is no profile.");
    }
}
