using System.Diagnostics;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>One host after another on the same folder.</summary>
internal sealed class Restarts(string folder, HostClient client) : IAsyncDisposable
{
    private readonly List<double> _starts = [];
    private HostProcess? _host;

    /// <summary>How long the starts took, for the test's log.</summary>
    public string Took => $"starts took {string.Join(", ", _starts.Select(s => $"{s:0.0} s"))}";

    /// <summary>What the present host wrote.</summary>
    public string Said => _host?.Said ?? "";

    public async Task StartAsync()
    {
        var clock = Stopwatch.StartNew();
        _host = await HostProcess.StartAsync(folder, client.Http);
        client.Url = _host.Url;
        _starts.Add(clock.Elapsed.TotalSeconds);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        await _host!.KillAsync();
        client.Url = null;
        await _host.DisposeAsync();
        _host = null;
    }

    /// <summary>Ctrl+C; gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        _host!.Stop();
        await _host.ExitAsync();
        var code = _host.ExitCode;
        await _host.DisposeAsync();
        _host = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }
}
