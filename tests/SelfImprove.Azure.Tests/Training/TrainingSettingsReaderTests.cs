using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Settings;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Azure.Training;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>The section <c>training</c>: right or refused at start, with every mistake listed.</summary>
public sealed class TrainingSettingsReaderTests
{
    private static IConfiguration Of(Dictionary<string, string?> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    private static List<string> MistakesOf(Dictionary<string, string?> values)
    {
        var mistakes = new List<string>();
        TrainingSettingsReader.Read(Of(values), mistakes);
        return mistakes;
    }

    [Fact]
    public void Read_NoSection_HasNoTargets()
    {
        TrainingSettingsReader.Read(Of([]), []).ShouldBe(new TrainingSettings());
        new ServiceCollection().AddAzureTraining(Of([])).ShouldBeEmpty();
    }

    [Fact]
    public void Read_WrongWorkspace_ListsEveryMistake() => MistakesOf(new()
    {
        ["training:azureml:workspace"] = "lab",
        ["training:azureml:endpoint"] = "http://management.azure.com",
        ["training:azureml:region"] = "eastus2",
        ["training:azureml:profiles:a:baseModel"] = "Qwen; rm -rf /",
        ["training:azureml:profiles:a:environment"] = "acpt",
        ["training:azureml:profiles:a:jobTier"] = "Cheap",
        ["training:azureml:profiles:a:instances"] = "0",
        ["training:azureml:profiles:a:timeout"] = "1 day",
        ["training:azureml:profiles:a:pricePerHour"] = "-1",
        ["training:azureml:profiles:a:images"] = "yes",
        ["training:azureml:profiles:a:tunable:0"] = "command",
        ["training:azureml:profiles:a:options:epochs"] = "3 && curl evil.example",
        ["training:azureml:profiles:a:options:output"] = "/etc",
        ["training:azureml:fineTuning:b:baseModel"] = "azureml://registries/r/models/m/versions/1",
        ["training:azureml:fineTuning:b:compute"] = "gpu-cluster",
        ["training:hugging"] = "x",
    }).ShouldBe([
        "training:azureml:workspace: 'lab' is not a workspace's resource id: /subscriptions/{id}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}.",
        "training:azureml:endpoint: is no absolute https address without user, query and fragment (keys belong into a secret).",
        "training:azureml:profiles:a: names neither a compute of the workspace nor, for serverless training, an instanceType.",
        "training:azureml:profiles:a:jobTier: 'Cheap' is none of: Spot, Basic, Standard, Premium.",
        "training:azureml:profiles:a:instances: '0' is not a whole number from 1 to 64.",
        "training:azureml:profiles:a:timeout: '1 day' is not a span of time from 00:01:00 to 30.00:00:00.",
        "training:azureml:profiles:a:pricePerHour: '-1' is not an amount in USD from 0 to 1000000.",
        "training:azureml:profiles:a:images: 'yes' is not true or false.",
        "training:azureml:profiles:a:baseModel: 'Qwen; rm -rf /' is not a model's name at Hugging Face, such as Qwen/Qwen3-4B-Instruct-2507.",
        "training:azureml:profiles:a:environment: 'acpt' is not an environment with its version: azureml:NAME:VERSION, or azureml://registries/azureml/environments/NAME/versions/VERSION.",
        "training:azureml:profiles:a:tunable: 'command' is none of: epochs, learningRate, batchSize, loraRank, beta.",
        "training:azureml:profiles:a:options:epochs: '3 && curl evil.example' is not a number or a word.",
        "training:azureml:profiles:a:options: 'output' is none of: batch-size, beta, deterministic, epochs, eval-steps, gradient-accumulation, keep-checkpoints, "
            + "learning-rate, load-in-4bit, logging-steps, lora-alpha, lora-dropout, lora-rank, lora-targets, max-length, max-steps, merge, no-gradient-checkpointing, precision, scheduler, "
            + "validation-share, warmup-ratio, weight-decay.",
        "training:azureml:fineTuning: managed fine-tuning jobs are a preview of Azure's: set allowPreview to true, or leave these profiles out.",
        "training:azureml:region: there is no such setting. Expected: allowPreview, audience, blobEndpoint, endpoint, fineTuning, profiles, workspace.",
        "training:hugging: there is no such setting. Expected: azureml, openai.",
    ]);

    [Fact]
    public void Read_WrongService_ListsEveryMistakeAndNoKey()
    {
        var mistakes = MistakesOf(new()
        {
            ["training:openai:url"] = "https://user:sk-secret@api.openai.com/v1",
            ["training:openai:auth"] = "api-key",
            ["training:openai:profiles:Mini:trainingType"] = "Cheap",
            ["training:openai:profiles:Mini:options:n_epochs"] = "many",
            ["training:openai:profiles:Mini:options:layers"] = "3",
        });
        mistakes.ShouldBe([
            "training:openai:url: is no absolute http or https address without user, query and fragment (keys belong into a secret).",
            "training:openai:secret: is missing; auth 'api-key' needs a secret's name.",
            "training:openai:endpoint: is missing; expected the name of the model endpoint that serves what is trained.",
            "training:openai:profiles:Mini: a profile's name is 1 to 63 of a-z, 0-9 and '-'.",
            "training:openai:profiles:Mini:baseModel: is missing; expected a model of the service that can be fine-tuned, such as gpt-4.1-mini-2025-04-14.",
            "training:openai:profiles:Mini:trainingType: 'Cheap' is none of: Standard, GlobalStandard, Developer.",
            "training:openai:profiles:Mini:options: 'layers' is none of: n_epochs, batch_size, learning_rate_multiplier, beta.",
            "training:openai:profiles:Mini:options:n_epochs: 'many' is not a number.",
        ], ignoreOrder: true);
        string.Join('\n', mistakes).ShouldNotContain("sk-secret");
    }

    [Fact]
    public void Read_KeyOverPlainHttp_IsRefused() => MistakesOf(new()
    {
        ["training:openai:url"] = "http://tuner.example/v1/",
        ["training:openai:auth"] = "bearer",
        ["training:openai:secret"] = "tuner",
        ["training:openai:endpoint"] = "tuner",
        ["training:openai:profiles:a:baseModel"] = "m",
    }).ShouldBe(["training:openai:url: is plain http: a key or token is sent over https only."]);

    [Fact]
    public async Task Add_PreviewNotAllowed_HasNoSuchTarget()
    {
        await using var arm = await FakeArm.StartAsync(null);
        var settings = WorkspaceWorld.Settings(arm).Where(s => !s.Key.Contains("fineTuning") && !s.Key.Contains("allowPreview")).ToDictionary();
        new ServiceCollection().AddAzureTraining(Of(settings)).Count(s => s.ServiceType == typeof(ITrainer)).ShouldBe(1);
    }

    [Theory]
    [InlineData("bearer", "tuner", "https://api.example/v1/", "training:openai:secret: there is no secret 'tuner'. There are: other.")]
    [InlineData("bearer", "other", "https://api.example/v1/", "training:openai:secret: the secret 'other' is not bound to api.example, but to x.example.")]
    [InlineData("entra", null, "https://api.example/v1/", "training:openai:url: Entra ID tokens are not sent to api.example, but to *.openai.azure.com")]
    public void Add_CredentialThatMayNotGoThere_FailsAtStart(string auth, string? secret, string url, string expected) =>
        Should.Throw<InvalidSettingsException>(() => new ServiceCollection().AddAzureTraining(Of(new()
        {
            ["keys:other"] = "k-1",
            ["secrets:other:setting"] = "keys:other",
            ["secrets:other:hosts:0"] = "x.example",
            ["training:openai:url"] = url,
            ["training:openai:auth"] = auth,
            ["training:openai:secret"] = secret,
            ["training:openai:endpoint"] = "tuner",
            ["training:openai:profiles:a:baseModel"] = "m",
        }))).Mistakes.ShouldHaveSingleItem().ShouldStartWith(expected);
}
