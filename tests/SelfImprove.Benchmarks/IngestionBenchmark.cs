using System.Diagnostics;
using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Ingestion;
using SelfImprove.Monitoring.Log;
using SelfImprove.Storage;

namespace SelfImprove.Benchmarks;

/// <summary>Single events taken in a second by 64 callers at once, each acknowledged after it is on stable storage; without HTTP.</summary>
public static class IngestionBenchmark
{
    private const string Agent = "bench";
    private const int Callers = 64;
    private const int PerCaller = 1500;

    /// <summary>Runs it and writes a line per round.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"selfimprove-bench-{Guid.NewGuid():n}");
        try
        {
            using var store = new LocalFolderStore(folder, TimeProvider.System);
            var manifest = new AgentManifest
            {
                Agent = Agent,
                Goal = new GoalSettings { Metric = "helpful" },
                Metrics = [new MetricSettings { Name = "helpful" }],
                Task = new TaskSettings { Labels = ["alpha"] },
            };
            await using var log = new EventLog(store, TimeProvider.System);
            var ingestion = new EventIngestion(log, (_, _) => new(manifest), TimeProvider.System);
            var (rates, costs) = (new List<double>(), new List<double>());
            for (var round = 0; round < 3; round++)
            {
                var times = new double[Callers * PerCaller];
                var (watch, used) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
                var current = round;
                await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(ingestion, current, caller, times))));
                var cpu = (Process.GetCurrentProcess().TotalProcessorTime - used).TotalMicroseconds / times.Length;
                rates.Add(times.Length / watch.Elapsed.TotalSeconds);
                costs.Add(cpu);
                Array.Sort(times);
                await output.WriteLineAsync(FormattableString.Invariant(
                    $"  round {round + 1}: {rates[^1]:N0}/s by {Callers} callers, {cpu:0.0} us CPU an event, p50 {times[times.Length / 2]:0.00} ms, p99 {times[times.Length * 99 / 100]:0.00} ms"));
            }
            return [new("durable events without HTTP, 64 callers", Figure.Median(rates), "per s"), new("their CPU an event", Figure.Median(costs), "us")];
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CallAsync(EventIngestion ingestion, int round, int caller, double[] times)
    {
        var filler = new string('x', 200);
        for (var i = 0; i < PerCaller; i++)
        {
            var body = Encoding.UTF8.GetBytes(
                $$"""{"id":"i-{{round}}-{{caller}}-{{i}}","version":"v1","key":"user-{{caller}}","input":[{"role":"user","content":"please route this {{filler}}"}],"output":{"text":"alpha"},"confidence":0.9,"tags":{"lang":"en"},"latencyMs":12.5}""");
            var start = Stopwatch.GetTimestamp();
            var result = await ingestion.IngestAsync(Agent, body, IngestKind.Interactions, IngestFormat.Json);
            times[(caller * PerCaller) + i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (result.Count(EventStatus.Accepted) != 1) throw new InvalidOperationException($"Not accepted: {result.Refusal} {result.Detail}");
        }
    }
}
