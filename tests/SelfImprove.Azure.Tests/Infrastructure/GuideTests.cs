using System.Text.RegularExpressions;
using SelfImprove.Agents.Manifests.Reading;
using SelfImprove.Testing.Node;
using Shouldly;
using Xunit;

namespace SelfImprove.Azure.Tests.Infrastructure;

/// <summary>What <c>docs/azure.md</c> shows is there.</summary>
public sealed partial class GuideTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(NodePackages.Root, "docs", "azure.md"));

    [Fact]
    public void Guide_Manifest_HasNoMistake()
    {
        var yaml = Yaml().Match(Guide).Groups[1].Value;
        yaml.ShouldContain("agent: support");
        ManifestReader.Parse(yaml, "support.yaml").Mistakes.Select(m => $"{m.Path}: {m.Found}; {m.Expected}").ShouldBeEmpty();
    }

    [Fact]
    public async Task Guide_Profiles_AreThoseThatTheInfrastructureSets()
    {
        var main = await BicepFile.OfAsync("main.bicep");
        Guide.ShouldContain("profile: tuned");
        Guide.ShouldContain("with azureml: lora");
        main.Objects["studentSettings"].Keys.ShouldContain("training__openai__profiles__tuned__baseModel");
        main.Objects["gpuSettings"].Keys.ShouldContain("training__azureml__profiles__lora__baseModel");
        main.Objects["deploymentSettings"].Keys.ShouldContain("deployment__openAiProfiles__main__modelEndpoint");
        Guide.ShouldContain("openai:main/teacher");
        main.Text.ShouldContain("name: 'teacher'");
        main.Text.ShouldContain("name: 'student'");
    }

    [Fact]
    public void Guide_Files_Exist()
    {
        var named = Files().Matches(Guide).Select(m => m.Value).ToHashSet();
        named.Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var file in named) File.Exists(Path.Combine(NodePackages.Root, file)).ShouldBeTrue(file);
    }

    [GeneratedRegex(@"```yaml\n# support\.yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();

    [GeneratedRegex(@"(?:src|infra|\.github)/[\w./-]+\.(?:py|bicep|yml)")]
    private static partial Regex Files();
}
