using SelfImprove.Local.Commands;
using SelfImprove.Testing;

namespace SelfImprove.Azure.Tests.Hosting;

/// <summary><c>selfimprove serve</c> with settings of every part wrong: one start tells them all.</summary>
public sealed class ServeSettingsTests
{
    private const string Configuration = """
        {
          "outbound": { "connectTimeout": "soon" },
          "secrets": { "loose": { "variable": "A" } },
          "models": { "endpoints": { "main": { "url": "ftp://x/", "auth": "entar" } } },
          "training": { "azureml": { "workspace": "lab", "profiles": { "small": { "baseModl": "Qwen/Qwen3-0.6B" } } }, "openai": { "auth": "bearer" } },
          "deployment": { "subscription": "mine", "onlineProfiles": { "gpu": { "instances": "0", "modelEndpoint": "man" } } }
        }
        """;

    [Fact]
    public async Task Serve_EveryPartIsWrong_TellsAllMistakesOfAllPartsAtOnce()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "appsettings.json"), Configuration);
        using var error = new StringWriter();

        var code = await CommandLine.RunAsync(
            ["serve", "--folder", folder.Path, "--store", "azure:https://user@acc.blob.core.windows.net/c?sig=1", "--otlp", "nowhere", "--urls", "ftp://here"], TextWriter.Null, error);

        code.ShouldNotBe(0);
        var told = error.ToString();
        string[] expected =
        [
            "The address has a query", "The address has a user name", "--otlp is 'nowhere'", "'ftp://here' is no address to listen on",
            "outbound:connectTimeout: 'soon' is not a span of time", "secrets:loose:hosts: names no host", "models:endpoints:main:url: is no absolute http or https address",
            "models:endpoints:main:auth: 'entar' is none of: entra, api-key, bearer, none (did you mean entra?).", "training:azureml:workspace: 'lab' is not a workspace's resource id",
            "training:azureml:profiles:small:baseModel: is missing; expected a model's name at Hugging Face",
            "training:azureml:profiles:small:baseModl: there is no such setting (did you mean baseModel?).", "training:openai:url: is missing", "training:openai:secret: is missing",
            "deployment:subscription: 'mine' is not a subscription's id", "deployment:resourceGroup: is missing", "deployment:onlineProfiles:gpu:instances: '0' is not a whole number from 1 to 100.",
            "deployment:onlineProfiles:gpu:modelEndpoint: there is no model endpoint 'man'", Path.Combine(folder.Path, "appsettings.json"),
        ];
        foreach (var part in expected) told.ShouldContain(part, Case.Sensitive);
        Directory.Exists(Path.Combine(folder.Path, "store")).ShouldBeFalse("nothing was begun");
        File.Exists(Path.Combine(folder.Path, "store.json")).ShouldBeFalse();
    }
}
