using System.Diagnostics;
using SelfImprove.Testing;

namespace SelfImprove.Benchmarks;

/// <summary>Memory of the real host, idle with one agent served, and the demo's peak; each in a process of its own.</summary>
public static class MemoryBenchmark
{
    private const string Agent = "office";
    private const double IdleMiB = 150;
    private const double DemoMiB = 600;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    /// <summary>Runs it.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("host");
        double trained;
        await using (var first = await HostProcess.ServeAsync(path))
        {
            await first.AddAgentAsync(Agent);
            await Task.Delay(Idle);
            trained = first.ResidentMiB;
            await output.WriteLineAsync(FormattableString.Invariant($"  host that has just trained a version, {Idle.TotalSeconds:0} s later: {trained:0} MiB resident (peak {first.PeakMiB:0})"));
            await first.StopAsync();
        }
        double idle;
        await using (var host = await HostProcess.ServeAsync(path))
        {
            await host.AskAsync(Agent, "book me a room for four tomorrow morning");
            await Task.Delay(Idle);
            idle = host.ResidentMiB;
            var before = host.ProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(1));
            await output.WriteLineAsync(FormattableString.Invariant(
                $"  host started anew, one request answered, idle {Idle.TotalSeconds:0} s: {idle:0} MiB resident (peak {host.PeakMiB:0}); {(host.ProcessorTime - before).TotalMilliseconds:0.0} ms of processor time in an idle second"));
            await host.StopAsync();
        }
        var (peak, watch) = (0.0, Stopwatch.StartNew());
        await using var demo = HostProcess.Run("demo", "--folder", folder.File("demo"));
        for (var running = demo.Process.WaitForExitAsync(); !running.IsCompleted; await Task.WhenAny(running, Task.Delay(100)))
        {
            try
            {
                peak = Math.Max(peak, demo.PeakMiB);
            }
            catch (InvalidOperationException)
            {
                // A process that has just ended tells nothing any more.
                break;
            }
        }
        await demo.Process.WaitForExitAsync();
        await output.WriteLineAsync(FormattableString.Invariant(
            $"  demo: exit code {demo.Process.ExitCode}, {watch.Elapsed.TotalSeconds:0} s, peak {peak:0} MiB"));
        return
        [
            new("host idle, one agent served", idle, "MiB", AtMost: IdleMiB),
            new("host idle after training", trained, "MiB"),
            new("demo, peak", peak, "MiB", AtMost: DemoMiB),
        ];
    }
}
