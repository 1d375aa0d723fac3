using System.Diagnostics;
using System.Text.Json;
using SelfImprove.Local.Demo;

namespace SelfImprove.Local.Tests.Demo;

/// <summary>The demo in a process of its own, as a user runs it.</summary>
internal static class DemoProcess
{
    /// <summary>Runs <c>selfimprove demo</c> in a working folder.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(DemoCommand).Assembly.Location, "demo", .. arguments])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs it with <c>--json</c>.</summary>
    public static async Task<(int Code, JsonElement Summary)> JsonAsync(string folder, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(folder, [.. arguments, "--json"]);
        error.ShouldBeEmpty();
        using var document = JsonDocument.Parse(output);
        return (code, document.RootElement.Clone());
    }
}
