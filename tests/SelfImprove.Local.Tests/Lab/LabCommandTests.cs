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
    [InlineData("--week", "5", "--week is 5; 100 to 10,000,000 is expected.")]
    [InlineData("--parallel", "0", "--parallel is 0; 1 to 256 is expected.")]
    [InlineData("--seeds", "many", "many")]
    [InlineData("--test", "held.csv", "--test needs --data")]
    [InlineData("--scenario", "rain", "rain")]
    [InlineData("--data", "missing.csv", "There is no file missing.csv.")]
    [InlineData("--manifest", "missing.yaml", "There is no file missing.yaml.")]
    public async Task Lab_WrongOption_SaysSo(string option, string value, string expected)
    {
        var (code, _, error) = await _run.AsTypedAsync("lab", option, value);

        code.ShouldBe(ExitCodes.WrongUsage);
        error.ShouldContain(expected);
    }

    [Fact]
    public async Task Lab_ManifestWithMistakes_NamesEachWithItsPath()
    {
        File.WriteAllText(_run.Path("wrong.yaml"), CommandRun.Manifest + "\ntriggers: [ { kind: trned } ]\nbudget: { perRun: -5 }\n");
        var (code, _, error) = await _run.AsTypedAsync("lab", "--manifest", _run.Path("wrong.yaml"));

        code.ShouldBe(ExitCodes.WrongUsage);
        error.ShouldContain("wrong.yaml is no manifest:");
        error.ShouldContain("triggers[0].kind");
        error.ShouldContain("did you mean trend?");
        error.ShouldContain("budget.perRun");
    }

    [Fact]
    public async Task Lab_ManifestOfAnotherTask_ItsPolicyIsPlayedOnTheLaboratorysTask()
    {
        File.WriteAllText(_run.Path("schedule.yaml"), CommandRun.Manifest + "\n" + """
            triggers: [ { kind: schedule, cron: "0 0 * * *" } ]
            improvement: { mode: approve, coolDown: 1h }
            budget: { perRun: 20, perMonth: 100 }
            approvals: { deploy: true }
            """);
        var (code, output, error) = await _run.AsTypedAsync(
            "lab", "--scenario", "stable", "--seeds", "1", "--interactions", "800", "--week", "800", "--manifest", _run.Path("schedule.yaml"), "--json");

        code.ShouldBe(ExitCodes.Done, error);
        using var json = JsonDocument.Parse(output);
        var loop = json.RootElement.EnumerateArray().Single(s => s.GetProperty("policy").GetString() == "loop");
        // A run a day for a week, and nobody is waited for; the manifest's budget holds.
        loop.GetProperty("runs").GetDouble().ShouldBeInRange(1, 7);
        loop.GetProperty("endings").EnumerateObject().Sum(e => e.Value.GetInt32()).ShouldBeGreaterThan(0);
        loop.GetProperty("cost").GetDecimal().ShouldBeLessThanOrEqualTo(100);
    }

    [Fact]
    public async Task Lab_OutIsAFile_SaysSoBeforeItWorks()
    {
        File.WriteAllText(_run.Path("taken"), "");
        var (code, output, error) = await _run.AsTypedAsync("lab", "--seeds", "1", "--out", _run.Path("taken"));

        (code, output).ShouldBe((ExitCodes.Failure, ""));
        error.ShouldContain("--out");
        error.ShouldContain("taken");
    }

    [Fact]
    public async Task Lab_Interrupted_LeavesNothingHalfWritten()
    {
        using var interrupt = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var folder = _run.Path("lab");
        var running = CommandLine.RunAsync(["lab", "--scenario", "stable", "--seeds", "50", "--interactions", "4000", "--parallel", "1", "--out", folder], output, error, interrupt.Token);
        await interrupt.CancelAsync();

        (await running).ShouldBe(ExitCodes.Failure);
        error.ToString().ShouldContain("Interrupted: nothing was written.");
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lab_Help_TellsScenariosAndExamples()
    {
        var (code, output, _) = await _run.AsTypedAsync("lab", "--help");

        code.ShouldBe(ExitCodes.Done);
        foreach (var word in (string[])["drift", "attack", "regression", "stable", "--manifest", "--full", "--parallel", "Examples:"]) output.ShouldContain(word);
    }

    public void Dispose() => _run.Dispose();
}
