using System.Diagnostics;

namespace SelfImprove.Testing.Node;

/// <summary>
/// The third-party servers and clients of npm that tests run against: pinned by <c>tests/SelfImprove.Azure.Tests/node/package-lock.json</c>,
/// installed there once, by the first test process that needs them.
/// </summary>
public static class NodePackages
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>The folder that holds <c>node_modules</c>, all packages in it.</summary>
    public static Task<string> FolderAsync() => Installed.Value;

    /// <summary>Path of a file of a package, for example <c>azurite/dist/src/blob/main.js</c>.</summary>
    public static async Task<string> FileAsync(string path)
    {
        var file = Path.Combine(await FolderAsync(), "node_modules", path);
        return File.Exists(file) ? file : throw new FileNotFoundException($"The npm package has no such file: {file}");
    }

    /// <summary>The checkout's root, found above the tests' binaries.</summary>
    public static string Root { get; } = FindRoot();

    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(Root, "tests", "SelfImprove.Azure.Tests", "node");
        var stamp = Path.Combine(folder, "node_modules", ".installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(folder, "package-lock.json"));
        // Test projects run at the same time: one installs, the others wait for its lock.
        await using var gate = await OpenGateAsync(Path.Combine(folder, ".install.lock"));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted) return folder;
        var (code, output) = await RunAsync("npm", ["ci", "--no-fund", "--no-audit", "--ignore-scripts"], folder);
        if (code != 0) throw new InvalidOperationException($"'npm ci' in {folder} ended with {code}; these tests need Node.js 20 or later and npm's registry.\n{output}");
        await File.WriteAllTextAsync(stamp, wanted);
        return folder;
    }

    private static async Task<FileStream> OpenGateAsync(string path)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(200);
            }
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string file, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} does not start; these tests need Node.js 20 or later.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SelfImprove.Functions.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No SelfImprove.Functions.sln above {AppContext.BaseDirectory}: tests run from a checkout.");
    }
}
