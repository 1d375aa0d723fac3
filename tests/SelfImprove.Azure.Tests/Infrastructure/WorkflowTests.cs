using System.Text.RegularExpressions;
using SelfImprove.Testing.Node;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace SelfImprove.Azure.Tests.Infrastructure;

public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(NodePackages.Root, ".github", "workflows");

    [Fact]
    public async Task Workflows_All_ParseAndPinActionsByMajorVersion()
    {
        var files = Directory.GetFiles(Folder, "*.yml");
        files.Length.ShouldBeGreaterThan(1);
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(file);
            new YamlStream().Load(new StringReader(text));
            foreach (Match use in Uses().Matches(text)) use.Groups[1].Value.ShouldMatch(@"^[\w-]+/[\w-]+@v\d+$", Path.GetFileName(file));
        }
    }

    [Fact]
    public async Task Azure_Build_CoversTheWholeSolutionInReleaseAndPublishesThePackage()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "azure.yml"));
        text.ShouldContain("dotnet build SelfImprove.Functions.sln -c Release");
        text.ShouldContain("dotnet test SelfImprove.Functions.sln -c Release --no-build");
        text.ShouldContain("dotnet publish src/SelfImprove.Functions -c Release --no-build");
    }

    [Fact]
    public async Task Azure_Deploy_IsStartedByHandAndHasNoStoredPassword()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "azure.yml"));
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        var deploy = yaml.Documents[0].RootNode["jobs"]["deploy"];
        ((string)deploy["if"]!).ShouldStartWith("github.event_name == 'workflow_dispatch'");
        ((string)deploy["permissions"]["id-token"]!).ShouldBe("write");
        text.ShouldNotContain("secrets.");
        var known = await File.ReadAllTextAsync(Path.Combine(BicepFile.Folder, "main.parameters.json"))
            + "AZURE_CLIENT_ID AZURE_TENANT_ID AZURE_SUBSCRIPTION_ID";
        foreach (var variable in ((YamlMappingNode)deploy["env"]).Children.Keys) known.ShouldContain((string)variable!);
    }

    [GeneratedRegex(@"uses:\s*(\S+)")]
    private static partial Regex Uses();
}
