using System.Text.Json;
using System.Text.RegularExpressions;
using SelfImprove.Testing.Node;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace SelfImprove.Azure.Tests.Infrastructure;

public sealed partial class ParametersTests
{
    private static readonly Dictionary<string, string> Parameters = ReadParameters();

    [Fact]
    public async Task Parameters_InTheFile_AreThoseOfMain()
    {
        var main = await BicepFile.OfAsync("main.bicep");
        Parameters.Keys.Except(main.Params.Select(p => p.Name)).ShouldBeEmpty();
        main.Params.Where(p => !p.HasDefault).Select(p => p.Name).Except(Parameters.Keys).ShouldBeEmpty();
    }

    [Fact]
    public async Task Parameters_WithADefaultInBothPlaces_HaveTheSame()
    {
        var main = await BicepFile.OfAsync("main.bicep");
        var compared = 0;
        foreach (var (name, value) in Parameters)
        {
            var variable = Variable().Match(value);
            variable.Success.ShouldBeTrue($"{name}: '{value}' is no variable of azd's environment.");
            if (!variable.Groups[2].Success) continue;
            variable.Groups[2].Value.ShouldBe(main.Params.Single(p => p.Name == name).Default, name);
            compared++;
        }
        compared.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Parameters_ThatTheGuideNames_Exist()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(NodePackages.Root, "docs", "azure.md"));
        var known = Parameters.Values.Select(v => Variable().Match(v).Groups[1].Value).ToHashSet();
        var named = AzdSet().Matches(guide).Select(m => m.Groups[1].Value).ToHashSet();
        named.ShouldNotBeEmpty();
        var table = guide.Split("| name | default | what for |")[1].Split("What is made")[0];
        var listed = InTable().Matches(table).Select(m => m.Groups[1].Value).ToHashSet();
        listed.Count.ShouldBeGreaterThan(20);
        named.Union(listed).Except(known).ShouldBeEmpty();
        known.Except(listed).Except(["AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task AzureYaml_Service_NamesAFolderAndTheTagOfTheApp()
    {
        var root = AzureYaml();
        var service = (YamlMappingNode)root["services"]["api"];
        Directory.GetFiles(Path.Combine(NodePackages.Root, (string)service["project"]!), "*.csproj").ShouldHaveSingleItem();
        ((string)service["host"]!).ShouldBe("function");
        ((string)service["language"]!).ShouldBe("dotnet");
        Directory.Exists(Path.Combine(NodePackages.Root, (string)root["infra"]["path"]!)).ShouldBeTrue();
        (await BicepFile.OfAsync("main.bicep")).Text.ShouldContain("serviceName: 'api'");
        (await BicepFile.OfAsync("api.bicep")).Text.ShouldContain("'azd-service-name': serviceName");
    }

    [Theory]
    [InlineData("preprovision", "posix", "sh")]
    [InlineData("preprovision", "windows", "pwsh")]
    [InlineData("postprovision", "posix", "sh")]
    [InlineData("postprovision", "windows", "pwsh")]
    public void AzureYaml_Hook_NamesAScript(string name, string system, string shell)
    {
        var hook = AzureYaml()["hooks"][name][system];
        ((string)hook["shell"]!).ShouldBe(shell);
        File.Exists(Path.Combine(NodePackages.Root, (string)hook["run"]!)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("postprovision.sh")]
    [InlineData("postprovision.ps1")]
    public async Task Hook_Variables_AreOutputsOfMain(string script)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(NodePackages.Root, "scripts", script));
        var used = HookVariable().Matches(text).Select(m => m.Groups[1].Value).ToHashSet();
        used.Count.ShouldBe(7);
        used.Except((await BicepFile.OfAsync("main.bicep")).Outputs.Select(o => o.Name)).ShouldBeEmpty();
    }

    private static YamlMappingNode AzureYaml()
    {
        using var reader = new StreamReader(Path.Combine(NodePackages.Root, "azure.yaml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static Dictionary<string, string> ReadParameters()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(BicepFile.Folder, "main.parameters.json")));
        return json.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetProperty("value").GetString()!);
    }

    [GeneratedRegex(@"^\$\{([A-Z0-9_]+)(?:=(.*))?\}$")]
    private static partial Regex Variable();

    [GeneratedRegex("`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`")]
    private static partial Regex InTable();

    [GeneratedRegex("azd env set ([A-Z0-9_]+)")]
    private static partial Regex AzdSet();

    [GeneratedRegex(@"\$\{?(?:env:)?([A-Z][A-Z0-9_]+)")]
    private static partial Regex HookVariable();
}
