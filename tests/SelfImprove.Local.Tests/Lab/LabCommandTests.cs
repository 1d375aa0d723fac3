using System.Text.Json;
using System.Xml.Linq;
using SelfImprove.Local.Commands;
using SelfImprove.Local.Lab;
using SelfImprove.Local.Tests.Commands;

namespace SelfImprove.Local.Tests.Lab;

/// <summary><c>selfimprove lab</c> as typed.</summary>
public sealed class LabCommandTests : IDisposable
{
    private readonly CommandRun _run = new();

    [Fact]
    public async Task Lab_Stable_WritesTablesAndAPlotAndPrintsJson()
    {
        var folder = _run.Path("lab");
        var (code, output, error) = await _run.AsTypedAsync("lab", "--scenario", "stable", "--seeds", "1", "--interactions", "800", "--week", "250", "--out", folder, "--json");

        code.ShouldBe(ExitCodes.Done, error);
        using var json = JsonDocument.Parse(output);
        json.RootElement.EnumerateArray().Select(s => s.GetProperty("policy").GetString()).ShouldBe(["loop", "never", "weekly", "everything"]);
        File.ReadAllLines(Path.Combine(folder, LabCsv.BucketsFile)).Length.ShouldBe(1 + (4 * 40));
        var runs = File.ReadAllLines(Path.Combine(folder, LabCsv.RunsFile));
        runs.Length.ShouldBe(1 + 4);
        runs[1].ShouldStartWith("stable,loop,1,");
        var page = File.ReadAllText(Path.Combine(folder, "stable.html"));
        foreach (var drawing in page.Split("<svg").Skip(1)) XElement.Parse("<svg" + drawing[..(drawing.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
        page.ShouldNotContain("http");
    }

    [Theory]
    [InlineData("--seeds", "0", "--seeds is 0; 1 to 10,000 is expected.")]
    [InlineData("--interactions", "10", "--interactions is 10; 400 to 1,000,000 is expected.")]
    [InlineData("--scenario", "rain", "rain")]
    [InlineData("--data", "missing.csv", "There is no file missing.csv.")]
    [InlineData("--manifest", "missing.yaml", "There is no file missing.yaml.")]
    public async Task Lab_WrongOption_SaysSo(string option, string value, string expected)
    {
        var (code, _, error) = await _run.AsTypedAsync("lab", option, value);

        code.ShouldBe(ExitCodes.WrongUsage);
        error.ShouldContain(expected);
    }

    public void Dispose() => _run.Dispose();
}
