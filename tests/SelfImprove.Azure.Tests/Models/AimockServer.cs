using SelfImprove.Testing.Node;

namespace SelfImprove.Azure.Tests.Models;

/// <summary>aimock, a third-party model server from npm, with the fixtures beside this file; takes the key of <see cref="EndpointWorld"/> only.</summary>
public sealed class AimockServer : IAsyncLifetime
{
    private NodeProcess _process = null!;

    public Uri Url { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var port = NodeProcess.FreePort();
        var fixtures = Path.Combine(NodePackages.Root, "tests", "SelfImprove.Azure.Tests", "Models", "aimock.json");
        _process = NodeProcess.Start(
            await NodePackages.FileAsync("@copilotkit/aimock/dist/cli.js"), ["--port", $"{port}", "--fixtures", fixtures, "--validate-on-load"],
            new Dictionary<string, string> { ["AIMOCK_API_KEYS"] = EndpointWorld.Key });
        await _process.ListensAsync(port);
        Url = new Uri($"http://127.0.0.1:{port}/openai/v1/");
    }

    public async Task DisposeAsync() => await _process.DisposeAsync();
}
