using System.Text.Json;
using System.Text.Json.Nodes;
using SelfImprove.Testing;
using SelfImprove.Testing.Node;

namespace SelfImprove.Local.Tests.Demo;

/// <summary>The whole story, as a user runs it.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_ShippedData_IsPromotedOnEvidence_AndTheSameSeedGivesTheSameNumbers()
    {
        using var folder = new TemporaryFolder();
        var runs = await Task.WhenAll(DemoProcess.JsonAsync(folder.Path, "--folder", "one"), DemoProcess.JsonAsync(folder.Path, "--folder", "two"));

        var (code, summary) = runs[0];
        code.ShouldBe(0);
        summary.GetProperty("promoted").GetBoolean().ShouldBeTrue();
        summary.GetProperty("requests").GetInt32().ShouldBeInRange(1_000, 4_500);
        summary.GetProperty("peakMiB").GetDouble().ShouldBeLessThan(600);
        var heldOut = summary.GetProperty("heldOut");
        heldOut.GetProperty("final").GetDouble().ShouldBeGreaterThan(heldOut.GetProperty("start").GetDouble() + 0.3);
        var rollout = summary.GetProperty("rollout");
        rollout.GetProperty("outcome").GetString().ShouldBe("promoted");
        rollout.GetProperty("low").GetDouble().ShouldBeGreaterThan(-0.05, "proof, or no worse by more than the margin");
        TextsOfTheExperiment(Path.Combine(folder.Path, "one")).Intersect(LabelledTexts(Path.Combine(folder.Path, "one"))).ShouldBeEmpty("a text of the A/B test was labelled");
        Timeless(runs[1].Summary).ShouldBe(Timeless(summary));
    }

    [Fact]
    [Trait("Data", "reference")]
    public async Task Demo_Banking77_IsPromotedOnEvidence()
    {
        var data = Path.Combine(NodePackages.Root, "..", "shared", "data", "banking77");
        using var folder = new TemporaryFolder();
        var (code, summary) = await DemoProcess.JsonAsync(folder.Path, "--data", Path.Combine(data, "train.csv"), "--test", Path.Combine(data, "test.csv"));

        code.ShouldBe(0);
        var heldOut = summary.GetProperty("heldOut");
        heldOut.GetProperty("final").GetDouble().ShouldBeGreaterThan(heldOut.GetProperty("start").GetDouble() + 0.25);
        heldOut.GetProperty("allLabels").GetDouble().ShouldBeGreaterThan(0.91);
    }

    [Fact]
    public async Task Demo_LabelsThatNobodyCanLearn_SaysSoAndEndsWithThree()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        string Word() => string.Concat(Enumerable.Range(0, 6).Select(_ => (char)('a' + random.Next(26))));
        File.WriteAllLines(Path.Combine(folder.Path, "noise.csv"),
            ["text,label", .. Enumerable.Range(0, 1500).Select(i => $"{Word()} {Word()} {Word()} {Word()},label-{random.Next(6)}")]);

        var (code, output, _) = await DemoProcess.RunAsync(folder.Path, "--data", "noise.csv");

        code.ShouldBe(3, output);
        output.ShouldContain("No challenger was promoted");
    }

    [Theory]
    [InlineData("text,label\n", "class")]
    [InlineData("text\nhello\n", "at least two")]
    [InlineData("text,label\nhello,\n", "no label")]
    [InlineData("", "is empty")]
    [InlineData("text,label\n\"hello,a\n", "row")]
    public async Task Demo_DataThatCannotBeUsed_SaysWhatIsWrongAndEndsWithTwo(string csv, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "data.csv"), csv);

        var (code, _, error) = await DemoProcess.RunAsync(folder.Path, "--data", "data.csv");

        code.ShouldBe(2, error);
        error.ShouldContain(expected);
    }

    private static HashSet<string> TextsOfTheExperiment(string folder)
    {
        var texts = Directory.GetFiles(Path.Combine(folder, "store", "log"), "*.ndjson", SearchOption.AllDirectories).SelectMany(File.ReadLines)
            .Where(line => line.Contains("\"interaction\":{", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line)!["interaction"]).OfType<JsonObject>().Where(i => i["routing"]?["experiment"] is not null)
            .Select(i => (string)i["input"]![0]!["content"]!).ToHashSet(StringComparer.Ordinal);
        texts.Count.ShouldBeGreaterThan(50, "requests of the experiment");
        return texts;
    }

    private static HashSet<string> LabelledTexts(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(folder, "store", "runs"), "dataset-*.jsonl", SearchOption.AllDirectories).Where(f => !f.EndsWith(".provenance.jsonl", StringComparison.Ordinal));
        var texts = files.SelectMany(File.ReadLines).Select(line => (string)JsonNode.Parse(line)!["messages"]!.AsArray().First(m => (string)m!["role"]! == "user")!["content"]!)
            .ToHashSet(StringComparer.Ordinal);
        texts.Count.ShouldBeGreaterThan(200, "rows of the dataset");
        return texts;
    }

    private static string Timeless(JsonElement summary)
    {
        var node = JsonNode.Parse(summary.GetRawText())!.AsObject();
        foreach (var name in new[] { "trainingSeconds", "seconds", "peakMiB" }) node.Remove(name).ShouldBeTrue(name);
        return node.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
