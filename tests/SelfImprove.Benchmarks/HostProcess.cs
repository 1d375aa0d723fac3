using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using SelfImprove.Local.Hosting;
using SelfImprove.Local.Samples;

namespace SelfImprove.Benchmarks;

/// <summary>The real command in a process of its own, as a user starts it.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly StringBuilder _said = new();

    private HostProcess(Process process)
    {
        Process = process;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The process; its figures are those of the last refresh.</summary>
    public Process Process { get; }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>All that it wrote so far.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>Processor time so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            Process.Refresh();
            return Process.TotalProcessorTime;
        }
    }

    /// <summary>Memory in the machine's RAM that is the process's, MiB: its own, and the pages of libraries that it touched.</summary>
    public double ResidentMiB
    {
        get
        {
            Process.Refresh();
            return Process.WorkingSet64 / (double)(1 << 20);
        }
    }

    /// <summary>The most that <see cref="ResidentMiB"/> ever was.</summary>
    public double PeakMiB
    {
        get
        {
            Process.Refresh();
            return Process.PeakWorkingSet64 / (double)(1 << 20);
        }
    }

    /// <summary>Runs the command.</summary>
    public static HostProcess Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in (string[])["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"]) start.Environment.Remove(name);
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "SelfImprove.Local.dll"), .. arguments]) start.ArgumentList.Add(argument);
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Serves a folder on a free port; returns once it answers.</summary>
    public static async Task<HostProcess> ServeAsync(string folder)
    {
        var host = Run("serve", "--folder", folder, "--urls", "http://127.0.0.1:0");
        using var deadline = new CancellationTokenSource(Patience);
        using var http = new HttpClient();
        while (true)
        {
            if (host.Process.HasExited) throw new InvalidOperationException($"The host ended with {host.Process.ExitCode}: {host.Said}");
            if (new HostFolder(folder).Running() is { } running && running.Pid == host.Process.Id)
            {
                host.Url = new Uri(running.Url.TrimEnd('/') + "/");
                using var answer = await http.GetAsync(new Uri(host.Url, "healthz"), deadline.Token);
                answer.EnsureSuccessStatusCode();
                return host;
            }
            await Task.Delay(20, deadline.Token);
        }
    }

    /// <summary>Gives it an agent, and a first version trained on the shipped office requests.</summary>
    public async Task AddAgentAsync(string agent)
    {
        using var http = new HttpClient { BaseAddress = Url };
        var manifest = new
        {
            agent,
            goal = new { metric = "helpful" },
            metrics = new[] { new { name = "helpful" } },
            task = new { labels = OfficeRequests.Train(1).Select(r => r.Label).Distinct().ToArray() },
        };
        await EnsureAsync(await http.PutAsJsonAsync($"api/agents/{agent}", manifest));
        await EnsureAsync(await http.PostAsJsonAsync($"api/agents/{agent}/versions", new { rows = OfficeRequests.Train(1).Select(r => new { text = r.Text, label = r.Label }) }));
    }

    /// <summary>Asks the agent once through the gateway, so that its model is loaded.</summary>
    public async Task AskAsync(string agent, string text)
    {
        using var http = new HttpClient { BaseAddress = Url };
        await EnsureAsync(await http.PostAsJsonAsync("v1/chat/completions", new { model = agent, messages = new[] { new { role = "user", content = text } } }));
    }

    /// <summary>Ends it as Ctrl+C does; returns once it is gone.</summary>
    public async Task StopAsync()
    {
        if (OperatingSystem.IsWindows()) Process.Kill();
        else _ = Kill(Process.Id, Interrupt);
        using var deadline = new CancellationTokenSource(Patience);
        await Process.WaitForExitAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            await Process.WaitForExitAsync();
        }
        Process.Dispose();
    }

    private static async Task EnsureAsync(HttpResponseMessage response)
    {
        using (response)
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    private void Hear(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
