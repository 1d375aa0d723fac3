using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Api.Security;
using SelfImprove.Functions.Hosting;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Tests.Hosting;

public sealed class FunctionsSettingsTests
{
    private const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"; // of "test"

    private static readonly Dictionary<string, string?> Good = new()
    {
        ["SelfImprove:Store"] = "azure:UseDevelopmentStorage=true",
        ["SelfImprove:Keys:0:Name"] = "ci",
        ["SelfImprove:Keys:0:Roles"] = "ingest, approve",
        ["SelfImprove:Keys:0:Sha256"] = Hash.ToUpperInvariant(),
        ["SelfImprove:Entra:TenantId"] = "7b0ad2f0-0000-4000-8000-000000000001",
        ["SelfImprove:Entra:Audience"] = "api://x;y",
        ["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"] = "Endpoint=http://localhost:8080;Authentication=None",
        ["TASKHUB_NAME"] = "default",
    };

    [Fact]
    public void Read_GoodSettings_GivesThem()
    {
        var settings = Read(Good);

        settings.Store.ShouldBe("azure:UseDevelopmentStorage=true");
        settings.Entra!.Audiences.ShouldBe(["api://x", "y"]);
        settings.ExportsTelemetry.ShouldBeFalse();
        new ApiKeyList(settings.Keys).Find("test").ShouldBe(new ApiCaller("ci", ApiRoles.Ingest | ApiRoles.Approve));
        new ApiKeyList(settings.Keys).Find("Test").ShouldBeNull();
    }

    [Fact]
    public void Read_NothingSet_TellsEverythingThatIsMissing() =>
        Should.Throw<FunctionsSettingsException>(() => Read([])).Message.ShouldBe(
            """
            The app can't start: 4 settings are wrong or missing.
            - SelfImprove__Store is missing: expected azure:https://ACCOUNT.blob.core.windows.net/CONTAINER, or azure:UseDevelopmentStorage=true for Azurite.
            - Nobody could call the app: there is neither an API key (SelfImprove__Keys__0__Name, __Roles, __Sha256) nor a tenant (SelfImprove__Entra__TenantId, __Audience).
            - There is no engine: set DURABLE_TASK_SCHEDULER_CONNECTION_STRING (Durable Task Scheduler: host.json), or AzureWebJobsStorage (host.azurestorage.json in its place).
            - TASKHUB_NAME is missing: the name of the task hub, which host.json asks for.
            """.ReplaceLineEndings("\n"));

    [Theory]
    [InlineData("SelfImprove:Keys:0:Name", "No Name", "SelfImprove__Keys__0__Name is 'No Name'")]
    [InlineData("SelfImprove:Keys:0:Sha256", "si_secret", "SelfImprove__Keys__0__Sha256 is not a SHA-256")]
    [InlineData("SelfImprove:Keys:0:Roles", "ingest,admin", "SelfImprove__Keys__0__Roles has 'admin'")]
    [InlineData("SelfImprove:Keys:0:Roles", "All", "SelfImprove__Keys__0__Roles has 'All'")]
    [InlineData("SelfImprove:Keys:0:Roles", "7", "SelfImprove__Keys__0__Roles has '7'")]
    [InlineData("SelfImprove:Keys:1:Name", "ci", "as an earlier key's")]
    [InlineData("SelfImprove:Entra:TenantId", "contoso", "SelfImprove__Entra__TenantId is 'contoso'")]
    [InlineData("SelfImprove:Entra:Audience", "", "SelfImprove__Entra__Audience is missing")]
    [InlineData("SelfImprove:Stor", "x", "SelfImprove__Stor is no setting")]
    [InlineData("TASKHUB_NAME", "my-hub", "TASKHUB_NAME is 'my-hub'")]
    public void Read_OneMistake_NamesTheSetting(string setting, string value, string told)
    {
        var settings = new Dictionary<string, string?>(Good) { [setting] = value };

        var message = Should.Throw<FunctionsSettingsException>(() => Read(settings)).Message;

        message.ShouldContain(told);
        message.ShouldNotContain("si_secret");
    }

    [Fact]
    public void AddApp_MistakesOfSeveralParts_TellsAllOfThem()
    {
        var settings = new Dictionary<string, string?>(Good)
        {
            ["SelfImprove:Store"] = "azure:https://user@account.blob.core.windows.net/c?sig=1", ["TASKHUB_NAME"] = "my-hub", ["models:endpoints:main:url"] = "nowhere",
            ["training:azureml:workspace"] = "lab", ["training:openai:auth"] = "bearer", ["deployment:subscription"] = "mine", ["outbound:conectTimeout"] = "00:00:01",
        };

        var mistakes = Should.Throw<FunctionsSettingsException>(() => new ServiceCollection().AddApp(Configuration(settings))).Mistakes;

        mistakes.ShouldContain(m => m.Contains("TASKHUB_NAME"));
        mistakes.ShouldContain(m => m.Contains("The address has a query"));
        foreach (var part in (string[])["outbound:conectTimeout", "models:endpoints:main:url", "models:endpoints:main:auth", "training:azureml:workspace", "training:openai:url", "deployment:subscription"])
            mistakes.ShouldContain(m => m.StartsWith(part + ":", StringComparison.Ordinal), string.Join('\n', mistakes));
    }

    [Fact]
    public async Task AddApp_GoodSettings_BuildsEverything()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddApp(Configuration(Good));
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });

        provider.GetRequiredService<SelfImprove.Functions.Http.ApiPipeline>().ShouldNotBeNull();
        provider.GetRequiredService<SelfImprove.Loop.AgentRounds>().ShouldNotBeNull();
        foreach (var orchestrator in provider.GetRequiredService<OrchestrationRegistry>().Orchestrators.Values) orchestrator.Create(provider).ShouldNotBeNull();
        foreach (var activity in provider.GetRequiredService<OrchestrationRegistry>().Activities.Values) activity.Create(provider).ShouldNotBeNull();
    }

    private static IConfiguration Configuration(Dictionary<string, string?> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    private static FunctionsSettings Read(Dictionary<string, string?> values) => FunctionsSettings.Read(Configuration(values));
}
