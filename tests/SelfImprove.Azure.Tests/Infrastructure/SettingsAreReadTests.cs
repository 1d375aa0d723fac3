using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Deployment;
using SelfImprove.Azure.Models;
using SelfImprove.Azure.Settings;
using SelfImprove.Azure.Storage;
using SelfImprove.Azure.Training;
using SelfImprove.Functions.Hosting;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Infrastructure;

/// <summary>What a deployment writes into the app's settings, the app reads without a mistake: each choice that <c>azd env set</c> offers.</summary>
public sealed class SettingsAreReadTests
{
    private static readonly string[] Always = ["hostSettings", "modelSettings", "deploymentSettings"];

    [Theory]
    [InlineData(false, false, false, false)]
    [InlineData(true, false, false, false)]
    [InlineData(false, true, false, true)]
    [InlineData(true, true, true, true)]
    public async Task Settings_OfADeployment_AreReadWithoutAMistake(bool student, bool gpu, bool network, bool entra)
    {
        var configuration = await ConfigurationAsync(student, gpu, network, entra);

        var settings = FunctionsSettings.Read(configuration);
        var blob = BlobStoreSettings.Parse(settings.Store, name => configuration[name]);
        var services = new ServiceCollection().AddAzureModels(configuration).AddAzureTraining(configuration).AddAzureDeployment(configuration);

        (blob.Container, blob.UsesKey).ShouldBe(("selfimprove", false));
        settings.Keys.ShouldHaveSingleItem().Name.ShouldBe("admin");
        (settings.Entra is not null).ShouldBe(entra);
        settings.ExportsTelemetry.ShouldBeTrue();
        var main = One<ModelSettings>(services).Endpoints.ShouldHaveSingleItem().Value;
        (main.Auth, main.Scope, main.AllowPrivate).ShouldBe((EndpointAuth.Entra, ModelEndpointSettings.DefaultScope, network));
        main.PriceOf("teacher").ShouldBe(new ModelPrice(1.25m, 10m));
        (main.PriceOf("student") is not null).ShouldBe(student);
        services.Count(s => s.ServiceType == typeof(ITrainer)).ShouldBe((student ? 1 : 0) + (gpu ? 1 : 0));
        var deployment = One<AzureDeploymentSettings>(services);
        deployment.OpenAiProfiles["main"].TeacherModels.ShouldBe(["gpt-5"]);
        (deployment.Account, deployment.OpenAiProfiles["main"].TeacherCapacity).ShouldBe(("oai-q3fz6w2xk7abc", 30));
    }

    [Fact]
    public async Task Settings_WithALetterMore_AreAMistake()
    {
        var settings = await ValuesAsync(true, true, false, false);
        settings["training:azureml:profiles:lora:timeout"] = "8 hours";
        settings["training:openai:profiles:tuned:trainingTyp"] = settings["training:openai:profiles:tuned:trainingType"];
        settings.Remove("training:openai:profiles:tuned:trainingType");

        var mistakes = Should.Throw<InvalidSettingsException>(
            () => new ServiceCollection().AddAzureTraining(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())).Mistakes;

        mistakes.Count.ShouldBe(2, "what the other tests take as read is looked at: " + string.Join('\n', mistakes));
    }

    [Fact]
    public async Task Settings_OfTheTraining_HaveTheFormsOfAzure()
    {
        var training = TrainingSettingsReader.Read(await ConfigurationAsync(true, true, false, false), []);

        var lora = training.Workspace!.Profiles["lora"];
        (lora.BaseModel, lora.PricePerHour, lora.Timeout).ShouldBe(("Qwen/Qwen3-4B-Instruct-2507", 3.67m, TimeSpan.FromHours(8)));
        training.OpenAi!.Profiles["tuned"].BaseModel.ShouldBe("gpt-4.1-mini-2025-04-14");
        training.OpenAi.Url.ShouldBe(new Uri("https://oai-q3fz6w2xk7abc.openai.azure.com/openai/v1/"));
    }

    private static async Task<IConfiguration> ConfigurationAsync(bool student, bool gpu, bool network, bool entra) =>
        new ConfigurationBuilder().AddInMemoryCollection(await ValuesAsync(student, gpu, network, entra)).Build();

    private static async Task<Dictionary<string, string?>> ValuesAsync(bool student, bool gpu, bool network, bool entra)
    {
        List<string> sections = [.. Always];
        if (student) sections.Add("studentSettings");
        if (gpu) sections.Add("gpuSettings");
        if (entra) sections.Add("entraSettings");
        var settings = await AppSettings.OfAsync(
            [.. sections.Select(s => ("main.bicep", s)), ("api.bicep", "hostSettings")],
            ("studentModel", student ? "gpt-4.1-mini" : "none"), ("vnetEnabled", network ? "true" : "false"), ("entraAudience", entra ? "api://selfimprove" : ""));
        // azd writes keys by number; SettingsTests sees to their names.
        (settings["SelfImprove:Keys:0:Name"], settings["SelfImprove:Keys:0:Roles"], settings["SelfImprove:Keys:0:Sha256"]) = ("admin", "ingest,operate,approve", new string('a', 64));
        return settings;
    }

    private static T One<T>(IServiceCollection services) where T : class =>
        services.Single(s => s.ServiceType == typeof(T)).ImplementationInstance.ShouldBeOfType<T>();
}
