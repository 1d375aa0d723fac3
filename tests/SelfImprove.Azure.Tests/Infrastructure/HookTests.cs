using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SelfImprove.Testing;
using SelfImprove.Testing.Node;
using Shouldly;
using Xunit;

namespace SelfImprove.Azure.Tests.Infrastructure;

/// <summary>The POSIX hooks, run with an <c>azd</c> that only writes down what it is told.</summary>
public sealed partial class HookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Preprovision_WithoutKeys_ShowsAKeyAndGivesAzdItsHashAlone()
    {
        var (code, output, told) = await RunAsync("preprovision.sh");
        code.ShouldBe(0, output);
        var key = Key().Match(output).Value;
        key.Length.ShouldBe(3 + 64);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        told.Trim().ShouldBe($"env set API_KEYS admin:ingest+operate+approve:{hash}");
        told.ShouldNotContain(key);
    }

    [Fact]
    public async Task Preprovision_Twice_MakesDifferentKeys()
    {
        var first = await RunAsync("preprovision.sh");
        var second = await RunAsync("preprovision.sh");
        Key().Match(first.Output).Value.ShouldNotBe(Key().Match(second.Output).Value);
    }

    [Theory]
    [InlineData("API_KEYS", "app:ingest:00")]
    [InlineData("ENTRA_AUDIENCE", "api://selfimprove")]
    public async Task Preprovision_WhereCallersAreKnown_DoesNothing(string variable, string value)
    {
        var (code, output, told) = await RunAsync("preprovision.sh", (variable, value));
        (code, output, told).ShouldBe((0, "", ""));
    }

    [Fact]
    public async Task Preprovision_InAPipeline_PrintsNoKey()
    {
        var (code, output, told) = await RunAsync("preprovision.sh", ("CI", "true"));
        code.ShouldBe(1);
        output.ShouldContain("API_KEYS");
        Key().IsMatch(output).ShouldBeFalse();
        told.ShouldBe("");
    }

    [Fact]
    public async Task Postprovision_WithAllOutputs_SaysWhatWasMade()
    {
        string[] names = ["AZURE_RESOURCE_GROUP", "SERVICE_API_URI", "STORE", "OPENAI_ENDPOINT", "ML_WORKSPACE_NAME", "DTS_ENDPOINT", "TASKHUB_NAME"];
        var (code, output, _) = await RunAsync("postprovision.sh", [.. names.Select(n => (n, $"value-of-{n}"))]);
        code.ShouldBe(0, output);
        foreach (var name in names) output.ShouldContain($"value-of-{name}");
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(int Code, string Output, string Told)> RunAsync(string script, params (string Name, string Value)[] variables)
    {
        var azd = Path.Combine(_folder.Path, "azd");
        var log = Path.Combine(_folder.Path, $"told-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(azd, $"#!/bin/sh\necho \"$@\" >> '{log}'\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(azd, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        var start = new ProcessStartInfo("sh", [Path.Combine(NodePackages.Root, "scripts", script)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (var name in new[] { "CI", "API_KEYS", "ENTRA_AUDIENCE" }) start.Environment.Remove(name);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, output, File.Exists(log) ? await File.ReadAllTextAsync(log) : "");
    }

    [GeneratedRegex("si_[0-9a-f]{64}")]
    private static partial Regex Key();
}
