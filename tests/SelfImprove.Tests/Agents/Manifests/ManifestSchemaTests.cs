using System.Text.Json.Nodes;
using System.Xml.Linq;
using SelfImprove.Agents.Manifests;

namespace SelfImprove.Tests.Agents.Manifests;

public sealed class ManifestSchemaTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Generate_Published_IsCurrent()
    {
        var path = Path.Combine(Root, "docs", "manifest.schema.json");
        var schema = Generate();
        if (Environment.GetEnvironmentVariable("REFRESH_SCHEMA") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, schema);
        }

        (File.Exists(path) ? File.ReadAllText(path) : "").ShouldBe(schema,
            "docs/manifest.schema.json is out of date. Refresh it: REFRESH_SCHEMA=1 dotnet test tests/SelfImprove.Tests --filter ManifestSchemaTests");
    }

    [Fact]
    public void Generate_Members_CarryRangesDefaultsAndDescriptions()
    {
        var schema = JsonNode.Parse(Generate())!;

        schema["required"]!.AsArray().Select(n => (string)n!).ShouldBe(["agent", "goal", "metrics", "task"]);
        schema["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        var target = schema["properties"]!["goal"]!["properties"]!["target"]!;
        ((double)target["exclusiveMinimum"]!).ShouldBe(0);
        ((double)target["maximum"]!).ShouldBe(1);
        ((string)target["description"]!).ShouldContain("The mean quality to reach");
        var teacher = schema["properties"]!["teachers"]!["items"]!["properties"]!;
        teacher["kind"]!["enum"]!.AsArray().Select(n => (string)n!).ShouldBe(["model", "panel", "cascade", "people"]);
        ((double)teacher["accuracy"]!["default"]!).ShouldBe(0.9);
        ((string)teacher["kind"]!["default"]!).ShouldBe("model");
    }

    [Fact]
    public void Generate_EveryMember_IsDescribed()
    {
        var bare = new List<string>();
        Walk(JsonNode.Parse(Generate())!, "", bare);

        bare.ShouldBeEmpty();
    }

    private static void Walk(JsonNode schema, string path, List<string> bare)
    {
        if (schema["items"] is { } items) Walk(items, path + "[]", bare);
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
        {
            if (member!["description"] is null) bare.Add($"{path}.{name}");
            Walk(member, $"{path}.{name}", bare);
        }
    }

    private static string Generate() => ManifestSchema.Generate(XDocument.Load(Path.Combine(AppContext.BaseDirectory, "SelfImprove.xml")));

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "SelfImprove.Functions.sln"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("The checkout's root was not found.");
    }
}
