using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Manifests.Reading;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using YamlDotNet.Serialization;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Agents.Manifests;

public sealed class ManifestReaderProperties
{
    private static readonly string[] Pieces =
    [
        "agent: a", "goal:", "\n", "  ", "- ", "[", "]", "{", "}", ":", ",", "&a ", "*a", "!t ", "\"", "'", "|", ">", "%YAML 1.2\n", "---", "...", "# c", "\t", "\ud800", "\"\\ud800\"", "\\x", "null", "~",
        "1e999", "metrics: [", "? ", "<<: ", "\0", "\u0085", "\r\n", "%TAG ! x\n", "|9999999999", "\"\\U99999999\"", "%YAML 99999999999999.1\n",
    ];

    private static readonly Gen<string> Names = Gen.Elements("a", "b-2", "long-name-of-something", "0", "z9");
    private static readonly Gen<string> Labels = Gen.Elements("x", "true", "null", "404", "a: b", "- x", "#h", "ü \"q\" 'r'", "multi\nline", "{x}", "~", "0x1f", "1e3", "*a", "日本", "\\", "\u0001", "a\u2028b", "😀");

    [Fact]
    public void Parse_AnyText_NeverThrows()
    {
        var pieces = Gen.Elements(Pieces).ListOf().Select(p => string.Concat(p));
        var any = ArbMap.Default.GeneratorFor<string>().Where(s => s is not null);
        Prop.ForAll(Gen.OneOf(pieces, any).ToArbitrary(), Gen.Elements("", "x.yaml", "x.json").ToArbitrary(), (text, file) => ManifestReader.Parse(text, file) is not null)
            .Check(Properties.Checked.WithMaxTest(2_000));
    }

    [Fact]
    public void Parse_ValidManifest_RoundTripsInJsonAndYaml()
    {
        var toYaml = new SerializerBuilder().WithQuotingNecessaryStrings().Build();
        Prop.ForAll(Manifests().ToArbitrary(), manifest =>
        {
            var json = JsonSerializer.Serialize(manifest, SeamJson.Indented);
            foreach (var (text, file) in new[] { (json, "x.json"), (json, "x.yaml"), (toYaml.Serialize(Tree(JsonSerializer.SerializeToElement(manifest, SeamJson.Options))!), "x.yaml") })
            {
                var reading = ManifestReader.Parse(text, file);
                reading.Mistakes.ShouldBeEmpty($"{file}: {string.Join("\n", reading.Mistakes)}\n{text}");
                JsonSerializer.Serialize(reading.Manifest, SeamJson.Indented).ShouldBe(json);
            }
        }).Check(Properties.Checked.WithMaxTest(200));
    }

    private static Gen<AgentManifest> Manifests() =>
        from name in Names
        from description in Labels
        from labels in Labels.Where(l => l == l.Trim()).ListOf().Select(l => l.Append("p").Append("q").Distinct().ToArray())
        from isTool in ArbMap.Default.GeneratorFor<bool>()
        from target in Gen.Choose(1, 1_000)
        from cents in Gen.Choose(0, 1_000_000)
        from minutes in Gen.Choose(1, 100_000)
        from mode in Gen.Elements(Enum.GetValues<ImprovementMode>())
        from shares in Gen.Choose(1, 99).ListOf().Select(s => s.Append(50).Order().Select(x => x / 100.0).ToArray())
        select new AgentManifest
        {
            Agent = name,
            Description = description,
            Group = cents % 2 == 0 ? "g" : null,
            Goal = new GoalSettings { Metric = "m", Target = target % 3 == 0 ? null : target / 1_000.0, Value = cents / 100m },
            Metrics = [new MetricSettings { Name = "m" }, new MetricSettings { Name = "n", Type = MetricType.Number, Min = -target / 7.0, Max = cents / 3.0 }],
            Task = isTool
                ? new TaskSettings { Output = TaskOutput.Tool, Instructions = description, Tools = [new ToolDefinition("t_1", description, JsonSerializer.SerializeToElement(new { type = "object", x = target, y = target / 7.0, z = description })), new ToolDefinition("T2")] }
                : new TaskSettings { Labels = labels },
            Teachers = [new TeacherSettings { Name = "t", Model = "builtin:x", Price = cents / 1_000m, Accuracy = target / 1_000.0 }, new TeacherSettings { Name = "p", Kind = TeacherKind.People, Due = TimeSpan.FromMinutes(minutes) }],
            Triggers = [new TriggerSettings { Kind = TriggerKind.Schedule, Cron = "*/5 1-3 * * *", TimeZone = "Asia/Tokyo" }, new TriggerSettings { Kind = TriggerKind.Trend, Window = 20 + target }],
            Improvement = new ImprovementSettings { Mode = mode, CoolDown = TimeSpan.FromSeconds(minutes) },
            Deployment = new DeploymentSettings { Rollout = new RolloutSettings { Shares = shares } },
        };

    private static object? Tree(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(p => p.Name, p => Tree(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().Select(Tree).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.GetDecimal(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
