using SelfImprove.Local.Hosting;

namespace SelfImprove.Local.Tests.Commands;

/// <summary>Commands on a folder that no host serves.</summary>
public sealed class FolderCommandTests : IDisposable
{
    private readonly CommandRun _run = new();

    [Fact]
    public async Task Manifest_Version_Improve_Audit_WorkWithoutAHost()
    {
        await _run.RegisterAsync();

        (await _run.JsonAsync("agents", "list")).GetProperty("agents")[0].GetProperty("champion").GetString().ShouldBe("v1");
        var improved = await _run.JsonAsync("improve", "desk", "--reason", "new words");
        (improved.GetProperty("run").GetString(), improved.GetProperty("cause").GetProperty("by").GetString()).ShouldBe(("desk-0001", "person:ada"));
        (await _run.JsonAsync("audit", "show", "desk")).GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("kind").GetString()).ShouldContain("runEnded");
        (await _run.JsonAsync("audit", "verify", "desk")).GetProperty("isIntact").GetBoolean().ShouldBeTrue();
        (await _run.JsonAsync("inbox", "list", "desk")).GetProperty("tasks").GetArrayLength().ShouldBe(0);
        (await _run.JsonAsync("versions", "list", "desk")).GetProperty("versions").GetArrayLength().ShouldBe(1);
        (await _run.JsonAsync("agents", "show", "desk")).GetProperty("manifest").GetProperty("description").GetString().ShouldBe("Routes office requests");
        var status = await _run.JsonAsync("status", "desk");
        status.GetProperty("agents")[0].GetProperty("runs")[0].GetProperty("run").GetString().ShouldBe("desk-0001");
    }

    [Fact]
    public async Task Texts_ForPeople_NameWhatMatters()
    {
        await _run.RegisterAsync();

        (await _run.RunAsync("status")).Output.ShouldContain("v1");
        (await _run.RunAsync("agents", "list")).Output.ShouldContain("Routes office requests");
        (await _run.RunAsync("improve", "desk")).Output.ShouldContain("desk-0001");
        (await _run.RunAsync("audit", "show", "desk")).Output.ShouldContain("versionRegistered");
        (await _run.RunAsync("inbox", "list")).Output.ShouldContain("Nothing waits");
    }

    [Fact]
    public async Task Golden_PinListAndPinOther_AreOfOneNameForEver()
    {
        await _run.RegisterAsync();
        await File.WriteAllLinesAsync(_run.Path("hold.csv"), ["text,label", "book a room for the board,rooms", "the printer is broken again,repair"]);
        await File.WriteAllLinesAsync(_run.Path("hold.jsonl"), ["""{"id":"a","input":[{"role":"user","content":"hotel receipt"}],"output":{"text":"expenses"}}"""]);

        (await _run.RunAsync("golden", "pin", "desk", "must-hold", "--data", _run.Path("hold.csv"))).Output.ShouldContain("It counts once the manifest says evaluation.goldenSet: must-hold");
        (await _run.RunAsync("golden", "pin", "desk", "must-hold", "--data", _run.Path("hold.csv"))).Code.ShouldBe(0);
        (await _run.RunAsync("golden", "pin", "desk", "whole", "--data", _run.Path("hold.jsonl"))).Code.ShouldBe(0);
        var other = await _run.RunAsync("golden", "pin", "desk", "must-hold", "--data", _run.Path("hold.jsonl"));
        var wrong = await _run.RunAsync("golden", "pin", "desk", "v3", "--data", _run.Path("hold.csv"));

        (other.Code, wrong.Code).ShouldBe((1, 1));
        other.Error.ShouldContain("A pinned set never changes");
        wrong.Error.ShouldContain("labelled sets get by themselves");
        var sets = (await _run.JsonAsync("golden", "list", "desk")).GetProperty("sets").EnumerateArray().Select(s => (s.GetProperty("set").GetString(), s.GetProperty("items").GetInt32()));
        sets.ShouldBe([("must-hold", 2), ("whole", 1)]);
        (await _run.RunAsync("audit", "show", "desk")).Output.ShouldContain("goldenSetPinned");
    }

    [Theory]
    [InlineData(1, "no version before it|none before it", "rollback", "desk")]
    [InlineData(1, "no version 'v9'", "rollback", "desk", "--to", "v9")]
    [InlineData(1, "no agent 'nobody'", "improve", "nobody")]
    [InlineData(1, "no agent 'nobody'", "status", "nobody")]
    [InlineData(1, "name of an agent", "improve", "Nobody Here")]
    [InlineData(1, "no improvement run 'desk-0042'", "approve", "desk-0042")]
    [InlineData(1, "no improvement run 'desk-0042'", "reject", "desk-0042")]
    [InlineData(1, "no improvement run 'desk-0042'", "cancel", "desk-0042")]
    [InlineData(1, "no task 't9'", "inbox", "answer", "desk", "t9", "rooms")]
    [InlineData(1, "no task 't9'", "inbox", "skip", "desk", "t9")]
    [InlineData(1, "none.yaml", "agents", "put", "none.yaml")]
    [InlineData(1, "none.csv", "versions", "add", "desk", "--data", "none.csv")]
    public async Task Command_ThatCantBeDone_SaysWhyInAWord(int code, string expected, params string[] args)
    {
        await _run.RegisterAsync();

        var (actual, output, error) = await _run.RunAsync(args);

        actual.ShouldBe(code);
        expected.Split('|').ShouldContain(e => error.Contains(e, StringComparison.Ordinal), error);
        error.ShouldNotContain("   at ");
        output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("improve")]
    [InlineData("improve", "desk", "--bogus")]
    [InlineData("versions", "add", "desk")]
    [InlineData("inbox", "list", "--limit", "many")]
    [InlineData("keys", "add", "ada", "--role", "king")]
    [InlineData("keys", "add", "../x", "--role", "ingest")]
    public async Task CommandLine_Wrong_Exits2AndPointsToHelp(params string[] args)
    {
        var (code, _, error) = await _run.RunAsync(args);

        code.ShouldBe(2);
        error.ShouldNotBeEmpty();
        if (args[0] != "keys" || args[2] != "../x") error.ShouldContain("--help");
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("status")]
    [InlineData("improve")]
    [InlineData("approve")]
    [InlineData("reject")]
    [InlineData("cancel")]
    [InlineData("inbox")]
    [InlineData("rollback")]
    [InlineData("audit")]
    [InlineData("agents")]
    [InlineData("versions")]
    [InlineData("golden")]
    [InlineData("keys")]
    [InlineData("demo")]
    public async Task Help_OfEveryCommand_HasAnExample(string command)
    {
        var (code, output, _) = await _run.AsTypedAsync(command, "--help");

        code.ShouldBe(0);
        output.ShouldContain($"selfimprove {command}");
    }

    [Fact]
    public async Task Folder_WithNothing_SaysHowToStart()
    {
        var (code, _, error) = await _run.RunAsync("status");

        code.ShouldBe(1);
        error.ShouldContain("selfimprove demo");
        Directory.Exists(_run.Folder).ShouldBeFalse();
    }

    [Fact]
    public async Task Put_ManifestWithMistakes_ListsThemAll()
    {
        File.WriteAllText(_run.Path("bad.yaml"), "agent: desk\ngoal: { metric: helpfull }\nmetrics: [ { name: helpful, rank: 2 } ]\ntask: { output: picture }\n");

        var (code, _, error) = await _run.RunAsync("agents", "put", _run.Path("bad.yaml"));

        code.ShouldBe(1);
        error.ShouldContain("metrics[0].rank");
        error.ShouldContain("task.output");
    }

    [Fact]
    public async Task Command_WhileAnotherProcessHasTheFolder_SaysSo()
    {
        await _run.RegisterAsync();
        await using var other = await LocalHost.StartAsync(new LocalHostOptions { Folder = _run.Folder, Urls = null, LockStep = true, Quiet = true });

        var (code, _, error) = await _run.RunAsync("status");

        code.ShouldBe(1);
        error.ShouldContain("in use by");
    }

    [Fact]
    public async Task Keys_AddListRemove_NeverShowAKeyTwice()
    {
        var key = (await _run.JsonAsync("keys", "add", "ada", "--role", "operate", "--role", "approve")).GetProperty("key").GetString()!;
        var list = await _run.RunAsync("keys", "list");
        list.Output.ShouldContain("operate,approve");
        list.Output.ShouldNotContain(key);
        (await _run.RunAsync("keys", "remove", "ada")).Code.ShouldBe(0);
        (await _run.RunAsync("keys", "remove", "ada")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task Audit_Edited_VerifyFails()
    {
        await _run.RegisterAsync();
        var file = Directory.EnumerateFiles(Path.Combine(_run.Folder, "store", "audit", "desk"), "*.ndjson").Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"rows\":36", "\"rows\":37", StringComparison.Ordinal));

        var (code, _, error) = await _run.RunAsync("audit", "verify", "desk");

        code.ShouldBe(1);
        error.ShouldContain("not as it was written");
    }

    public void Dispose() => _run.Dispose();
}
