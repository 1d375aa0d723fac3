using System.Text.Json;
using SelfImprove.Testing.Node;

namespace SelfImprove.Azure.Tests.Infrastructure;

/// <summary>What a Bicep file declares, as <c>read-bicep.cjs</c> prints it. Values are as they stand in the source.</summary>
public sealed record BicepFile(
    string File,
    IReadOnlyList<string> Errors,
    string Scope,
    IReadOnlyList<BicepFile.Param> Params,
    IReadOnlyList<BicepFile.Module> Modules,
    IReadOnlyList<BicepFile.Resource> Resources,
    IReadOnlyList<BicepFile.Output> Outputs,
    IReadOnlyList<BicepFile.Use> Uses,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Objects,
    IReadOnlyList<string> Unknown,
    IReadOnlyList<string> Unused)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The folder of the product's files.</summary>
    public static string Folder { get; } = Path.Combine(NodePackages.Root, "infra");

    private static readonly Lazy<Task<IReadOnlyList<BicepFile>>> Infra =
        new(() => ReadAsync(Directory.GetFiles(Folder, "*.bicep", SearchOption.AllDirectories)));

    /// <summary>The product's files.</summary>
    public static Task<IReadOnlyList<BicepFile>> AllAsync() => Infra.Value;

    /// <summary>One of them, by its name.</summary>
    public static async Task<BicepFile> OfAsync(string name) => (await AllAsync()).Single(f => f.Name == name);

    /// <summary>Its name: <c>main.bicep</c>.</summary>
    public string Name => Path.GetFileName(File);

    /// <summary>Its text.</summary>
    public string Text => System.IO.File.ReadAllText(File);

    /// <summary>Reads files.</summary>
    public static async Task<IReadOnlyList<BicepFile>> ReadAsync(params string[] files)
    {
        var packages = Path.Combine(await NodePackages.FolderAsync(), "node_modules");
        var script = Path.Combine(NodePackages.Root, "tests", "SelfImprove.Azure.Tests", "Infrastructure", "read-bicep.cjs");
        await using var node = NodeProcess.Start(script, [packages, .. files]);
        var code = await node.ExitCodeAsync();
        return code == 0
            ? JsonSerializer.Deserialize<IReadOnlyList<BicepFile>>(node.Output, Json)!
            : throw new InvalidOperationException($"read-bicep.cjs ended with {code}:\n{node.Output}");
    }

    /// <summary>Reads a text.</summary>
    public static async Task<BicepFile> ParseAsync(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            await System.IO.File.WriteAllTextAsync(file, text);
            return (await ReadAsync(file)).Single();
        }
        finally
        {
            System.IO.File.Delete(file);
        }
    }

    public sealed record Param(string Name, string Type, bool HasDefault, string? Default, IReadOnlyList<string> Decorators);

    public sealed record Module(string Name, string Path, bool Conditional, IReadOnlyList<string> Params);

    public sealed record Resource(string Name, string Type, bool Existing, bool Conditional, IReadOnlyDictionary<string, string> Properties);

    public sealed record Output(string Name, string Type, string Value, IReadOnlyList<string> Decorators);

    public sealed record Use(string Module, string Output);
}
