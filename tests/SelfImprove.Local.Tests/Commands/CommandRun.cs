using System.Text.Json;
using SelfImprove.Local.Commands;

namespace SelfImprove.Local.Tests.Commands;

/// <summary>A folder of its own, and commands run on it as typed.</summary>
public sealed class CommandRun : IDisposable
{
    public const string Manifest = """
        agent: desk
        description: Routes office requests
        goal: { metric: helpful, value: 0.05 }
        metrics: [ { name: helpful } ]
        task: { output: label, labels: [rooms, repair, expenses] }
        """;

    public CommandRun()
    {
        Root = Directory.CreateTempSubdirectory("selfimprove-cli-").FullName;
        File.WriteAllText(Path("desk.yaml"), Manifest);
        File.WriteAllLines(Path("desk.csv"), ["text,label", .. Enumerable.Range(0, 12).SelectMany(i => new[] { $"book a room for meeting {i},rooms", $"laptop screen broken {i},repair", $"taxi receipt {i},expenses" })]);
    }

    public string Root { get; }

    public string Folder => Path("data");

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public async Task<(int Code, string Output, string Error)> AsTypedAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    public Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => AsTypedAsync([.. args, "--folder", Folder, "--by", "ada"]);

    public async Task<JsonElement> JsonAsync(params string[] args)
    {
        var (code, output, error) = await RunAsync([.. args, "--json"]);
        code.ShouldBe(0, error);
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    public async Task RegisterAsync()
    {
        (await RunAsync("agents", "put", Path("desk.yaml"))).Code.ShouldBe(0);
        (await RunAsync("versions", "add", "desk", "--data", Path("desk.csv"))).Code.ShouldBe(0);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
