using System.Diagnostics;
using SelfImprove.Local.Hosting;
using SelfImprove.Testing;

namespace SelfImprove.Benchmarks;

/// <summary>
/// Single events posted over loopback HTTP by 64 keep-alive connections to the real host in a process of its own, interactions and feedback by turns.
/// Every 202 says that the event is on stable storage; at the end the log must hold each of them. Host and load share the machine.
/// </summary>
public static class HttpIngestionBenchmark
{
    private const string Agent = "bench";
    private const int Connections = 64;
    private const int Rounds = 4;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(4);

    /// <summary>Runs it; a line per round.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("host");
        await using var host = await HostProcess.ServeAsync(path);
        await host.AddAgentAsync(Agent);
        var posters = new EventPoster[Connections];
        for (var i = 0; i < Connections; i++) posters[i] = await EventPoster.ConnectAsync(host.Url, Agent, i);
        await Task.WhenAll(posters.Select(p => p.PostAsync(WarmUp)));
        var (rates, p50s, p99s, cpus) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var poster in posters) poster.Times.Clear();
            var (watch, hostBefore, ownBefore) = (Stopwatch.StartNew(), host.ProcessorTime, Environment.CpuUsage.TotalTime);
            await Task.WhenAll(posters.Select(p => p.PostAsync(Round)));
            var seconds = watch.Elapsed.TotalSeconds;
            double[] times = [.. posters.SelectMany(p => p.Times).Order()];
            rates.Add(times.Length / seconds);
            p50s.Add(times[times.Length / 2]);
            p99s.Add(times[times.Length * 99 / 100]);
            cpus.Add((host.ProcessorTime - hostBefore).TotalMicroseconds / times.Length);
            var own = (Environment.CpuUsage.TotalTime - ownBefore).TotalMicroseconds / times.Length;
            await output.WriteLineAsync(FormattableString.Invariant(
                $"  round {round}: {rates[^1]:N0} POSTs/s, p50 {p50s[^1]:0.0} ms, p99 {p99s[^1]:0.0} ms, CPU per POST {cpus[^1]:0} us in the host, {own:0} us in the load"));
        }
        await host.StopAsync();
        var posted = posters.Sum(p => p.Posted);
        foreach (var poster in posters) poster.Dispose();
        var kept = new DirectoryInfo(Path.Combine(new HostFolder(path).Store, "log", Agent)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(Lines);
        await output.WriteLineAsync($"  {posted:N0} acknowledged in all, {kept:N0} in the log");
        if (kept < posted) throw new InvalidOperationException($"{posted} events were acknowledged, but the log holds {kept}.");
        return
        [
            new("durable POSTs, 64 connections", Figure.Median(rates), "per s", AtLeast: 10_000),
            new("durable POSTs, best round", rates.Max(), "per s"),
            new("durable POST, p50", Figure.Median(p50s), "ms"),
            new("durable POST, p99", Figure.Median(p99s), "ms"),
            new("durable POST, host's CPU", Figure.Median(cpus), "us"),
        ];
    }

    private static long Lines(FileInfo file) => File.ReadLines(file.FullName).LongCount(l => l.StartsWith("{\"interaction\"", StringComparison.Ordinal) || l.StartsWith("{\"feedback\"", StringComparison.Ordinal));
}
