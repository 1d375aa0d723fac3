using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using SelfImprove.Local.Hosting;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>The real host in a process of its own: <c>selfimprove serve</c> on a folder and a free port, as a user starts it.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private HostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Its exit code; only once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>All that it wrote so far.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>Starts it and waits until it is up.</summary>
    public static async Task<HostProcess> StartAsync(string folder, HttpClient http)
    {
        var host = Launch(folder);
        try
        {
            await host.UntilAsync(async () =>
            {
                if (host._process.HasExited) throw new InvalidOperationException($"The host ended with {host._process.ExitCode}: {host.Said}");
                if (new HostFolder(folder).Running() is not { } running || running.Pid != host._process.Id) return false;
                host.Url = new Uri(running.Url.TrimEnd('/') + "/");
                using var answer = await http.GetAsync(new Uri(host.Url, "healthz"));
                return answer.StatusCode == HttpStatusCode.OK;
            });
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public static HostProcess Launch(string folder)
    {
        var program = typeof(HostFolder).Assembly.Location;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])[program, "serve", "--folder", folder, "--urls", "http://127.0.0.1:0"]) start.ArgumentList.Add(argument);
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Ends it as the kernel does: at once, with no say in it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>Ctrl+C.</summary>
    public void Stop() => _ = Kill(_process.Id, Interrupt);

    /// <summary>Waits for its end.</summary>
    public async Task ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                if (await holds()) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(20, deadline.Token);
        }
    }

    private void Hear(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
