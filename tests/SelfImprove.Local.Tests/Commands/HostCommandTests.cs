using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Api.Security;
using SelfImprove.Local.Hosting;

namespace SelfImprove.Local.Tests.Commands;

/// <summary>Commands beside a running host.</summary>
public sealed class HostCommandTests : IDisposable
{
    private readonly CommandRun _run = new();

    [Fact]
    public async Task Commands_FindTheRunningHostAndCallIt()
    {
        await using var host = await ServeAsync();
        await _run.RegisterAsync();

        (await _run.JsonAsync("status")).GetProperty("url").GetString().ShouldBe(host.Url);
        using var http = host.CreateClient();
        using var asked = await http.PostAsJsonAsync("v1/chat/completions", new { model = "desk", messages = new[] { new { role = "user", content = "taxi receipt" } } });
        asked.EnsureSuccessStatusCode();
        (await _run.JsonAsync("audit", "verify", "desk")).GetProperty("isIntact").GetBoolean().ShouldBeTrue();
        var improved = await _run.JsonAsync("improve", "desk");
        improved.GetProperty("run").GetString().ShouldBe("desk-0001");
    }

    [Fact]
    public async Task Stop_WithdrawsTheHostFile_AndKeepsWhatWasPosted()
    {
        var host = await ServeAsync();
        await _run.RegisterAsync();
        using (var http = host.CreateClient())
        {
            using var asked = await http.PostAsJsonAsync("v1/chat/completions", new { model = "desk", messages = new[] { new { role = "user", content = "taxi receipt" } } });
            asked.EnsureSuccessStatusCode();
        }
        File.Exists(Path.Combine(_run.Folder, "host.json")).ShouldBeTrue();

        await host.DisposeAsync();

        File.Exists(Path.Combine(_run.Folder, "host.json")).ShouldBeFalse();
        Directory.EnumerateFiles(Path.Combine(_run.Folder, "store", "log"), "*.ndjson", SearchOption.AllDirectories).Any(f => File.ReadAllText(f).Contains("taxi receipt")).ShouldBeTrue();
        (await _run.JsonAsync("status")).TryGetProperty("url", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task HostFile_OfADeadProcess_IsIgnored()
    {
        await _run.RegisterAsync();
        using (var dead = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!)
        {
            await dead.WaitForExitAsync();
            File.WriteAllText(Path.Combine(_run.Folder, "host.json"), $$"""{"pid":{{dead.Id}},"url":"http://localhost:1","started":"2026-01-01T00:00:00Z"}""");
        }

        (await _run.RunAsync("status")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task HostFile_OfAnotherProcessWithThisNumber_IsIgnored()
    {
        await _run.RegisterAsync();
        File.WriteAllText(Path.Combine(_run.Folder, "host.json"), $$"""{"pid":{{Environment.ProcessId}},"processStarted":"2020-01-01T00:00:00Z","url":"http://localhost:1","started":"2020-01-01T00:00:00Z"}""");

        (await _run.RunAsync("status")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Keys_OfARunningHost_AreAskedForAndTaken()
    {
        await using var host = await ServeAsync();
        await _run.RegisterAsync();
        var key = host.Services.GetRequiredService<ApiKeyFile>().Add("ada", ApiRoles.Operate);

        var without = await _run.RunAsync("status");
        without.Code.ShouldBe(1);
        without.Error.ShouldContain("--key");
        (await _run.RunAsync("status", "--key", key)).Code.ShouldBe(0);
        (await _run.RunAsync("approve", "desk-0001", "--key", key)).Error.ShouldContain("approve");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "keys add")]
    [InlineData("http://*:0", "keys add")]
    [InlineData("http://192.168.1.7:5080", "keys add")]
    [InlineData("http://127.0.0.1:0;http://[::]:0", "keys add")]
    [InlineData("https://localhost:5080", "no address to listen on")]
    [InlineData("nonsense", "no address to listen on")]
    [InlineData(";", "--urls")]
    public async Task Serve_BeyondLoopbackWithoutKeysOrNoAddress_IsRefused(string urls, string expected)
    {
        var (code, _, error) = await _run.RunAsync("serve", "--urls", urls, "--quiet");

        code.ShouldBe(1);
        error.ShouldContain(expected);
    }

    [Fact]
    public async Task Serve_PortTaken_SaysSo()
    {
        await using var host = await ServeAsync();

        var wrong = await Should.ThrowAsync<HostStartException>(() => LocalHost.StartAsync(new LocalHostOptions { Folder = _run.Path("other"), Urls = host.Url, Quiet = true }));

        wrong.Message.ShouldContain("in use");
    }

    public void Dispose() => _run.Dispose();

    private Task<LocalHost> ServeAsync() => LocalHost.StartAsync(new LocalHostOptions { Folder = _run.Folder, Urls = "http://127.0.0.1:0", Quiet = true });
}
