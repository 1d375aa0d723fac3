using System.Diagnostics;
using System.Text.Json;
using SelfImprove.Testing.Node;

namespace SelfImprove.Azure.Tests.TrainingScript;

/// <summary>Runs <c>src/training/train.py</c> with the machine's <c>python3</c>, nothing installed.</summary>
internal static class TrainingScript
{
    public static string Folder { get; } = Path.Combine(NodePackages.Root, "src", "training");

    /// <summary>Checks a file: <c>train.py --check --method ... --train file</c> and more arguments.</summary>
    public static async Task<CheckResult> CheckAsync(string method, string file, params string[] more)
    {
        var (code, output, errors) = await PythonAsync(
            ["train.py", "--check", "--method", method, "--model", "org/model", "--train", file, "--output", Path.Combine(Path.GetTempPath(), "never-made"), .. more]);
        return CheckResult.Of(code, output, errors);
    }

    /// <summary>Runs <c>python3</c> in the script's folder.</summary>
    public static async Task<(int Code, string Output, string Errors)> PythonAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", arguments)
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 does not start; these tests need Python 3.10 or later.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}

/// <summary>What <c>--check</c> said.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Summary">The JSON document on its output.</param>
/// <param name="Errors">What people read.</param>
internal sealed record CheckResult(int Code, JsonElement Summary, string Errors)
{
    public static CheckResult Of(int code, string output, string errors)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            return new CheckResult(code, json.RootElement.Clone(), errors);
        }
        catch (JsonException wrong)
        {
            throw new InvalidOperationException($"train.py ended with {code} and printed no JSON: {output}\n{errors}", wrong);
        }
    }

    /// <summary>The mistakes as <c>line|where|message</c>; the line is empty for an argument.</summary>
    public IReadOnlyList<string> Mistakes => Summary.TryGetProperty("mistakes", out var mistakes)
        ? [.. mistakes.EnumerateArray().Select(m => $"{m.GetProperty("line")}|{m.GetProperty("where")}|{m.GetProperty("message")}")]
        : [];
}
