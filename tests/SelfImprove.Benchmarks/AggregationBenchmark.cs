using System.Diagnostics;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Storage;

namespace SelfImprove.Benchmarks;

/// <summary>Events folded a second over a local folder, batch after batch: the last batch meets an index that holds all the ones before.</summary>
public static class AggregationBenchmark
{
    private const string Agent = "bench";
    private const int Batches = 8;
    private const int Interactions = 250_000;
    private const int EventsPerInteraction = 2;

    /// <summary>Runs it and writes a line per batch: half of the events are interactions of some 480 bytes, half feedback of some 200 on them, a tenth of it on an earlier batch's.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"selfimprove-bench-{Guid.NewGuid():n}");
        try
        {
            using var store = new LocalFolderStore(folder, TimeProvider.System);
            var labels = Enumerable.Range(0, 30).Select(i => $"label-{i}").ToArray();
            var manifest = new AgentManifest
            {
                Agent = Agent,
                Goal = new GoalSettings { Metric = "helpful" },
                Metrics = [new MetricSettings { Name = "helpful" }],
                Task = new TaskSettings { Labels = labels },
            };
            using var aggregator = new Aggregator(store, TimeProvider.System, (_, _) => new(manifest));
            await using var log = new EventLog(store, TimeProvider.System);
            var (rates, costs) = (new List<double>(), new List<double>());
            var random = new Random(7);
            var start = DateTimeOffset.UtcNow.AddHours(-1);
            for (var batch = 0; batch < Batches; batch++)
            {
                var bytes = await WriteAsync(log, labels, random, start, batch);
                var (watch, paused) = (Stopwatch.StartNew(), GC.GetTotalPauseDuration());
                var used = Process.GetCurrentProcess().TotalProcessorTime;
                var signals = await aggregator.FoldAsync(Agent);
                var seconds = watch.Elapsed.TotalSeconds;
                var cpu = (Process.GetCurrentProcess().TotalProcessorTime - used).TotalMicroseconds;
                const int events = Interactions * EventsPerInteraction;
                var index = new DirectoryInfo(Path.Combine(folder, "index", Agent)).EnumerateFiles().Sum(f => f.Length) / 1e6;
                var heap = GC.GetTotalMemory(forceFullCollection: false) / 1e6;
                rates.Add(events / seconds);
                costs.Add(cpu / events);
                await output.WriteLineAsync(FormattableString.Invariant(
                    $"  batch {batch + 1}: {events:N0} events of {bytes / events} bytes in {seconds:0.00} s, {rates[^1]:N0}/s, {costs[^1]:0.00} us CPU an event, {cpu / 1e6 / seconds:0.00} cores busy ({1e6 * events / cpu:N0} events a core-second); index {index:0} MB, heap {heap:0} MB, {(GC.GetTotalPauseDuration() - paused).TotalMilliseconds:0} ms of collecting garbage"));
                if (signals.Interactions != (batch + 1L) * Interactions) throw new InvalidOperationException("The fold lost or doubled interactions.");
            }
            // Without the first batch, which runs cold.
            return
            [
                new("events aggregated", Figure.Median(rates.Skip(1)), "per s", AtLeast: 300_000),
                new("events aggregated, slowest batch", rates.Skip(1).Min(), "per s"),
                new("events aggregated, best batch", rates.Max(), "per s"),
                new("events aggregated per core-second", 1e6 / Figure.Median(costs.Skip(1)), "per s"),
                new("aggregation's CPU an event", Figure.Median(costs.Skip(1)), "us"),
                new("its growth, batches 6 to 8 over 2 to 4", costs.TakeLast(3).Average() / costs.Skip(1).Take(3).Average(), "times", AtMost: 1.3),
            ];
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> WriteAsync(EventLog log, string[] labels, Random random, DateTimeOffset start, int batch)
    {
        var lines = new LogLines();
        long bytes = 0;
        var filler = new string('x', 130);
        for (var i = 0; i < Interactions; i++)
        {
            var id = $"chatcmpl-{batch:d2}-{i:d8}-0123456789";
            var time = start.AddMilliseconds((batch * Interactions) + i);
            lines.Add(new Interaction
            {
                Id = id,
                Agent = Agent,
                Time = time,
                Version = $"v{batch}",
                Key = $"user-{random.Next(5000)}",
                Input = [ChatMessage.User($"please route request number {i} to the right place {filler}")],
                Output = new AgentOutput(labels[random.Next(labels.Length)]),
                Confidence = random.NextDouble(),
                Tags = new Dictionary<string, string> { ["lang"] = random.Next(2) == 0 ? "en" : "de", ["tier"] = $"t{random.Next(4)}" },
                LatencyMs = 5 + (random.NextDouble() * 20),
                CostUsd = 0.0001m,
                Routing = new RoutingStamp(3, "exp-1", false, 0.9),
            });
            var old = batch > 0 && i % 10 == 0;
            lines.Add(new Feedback
            {
                Id = $"fb-{batch:d2}-{i:d8}",
                Agent = Agent,
                Time = time,
                Interaction = old ? $"chatcmpl-{random.Next(batch):d2}-{i:d8}-0123456789" : id,
                Metric = "helpful",
                Value = random.Next(10) < 8 ? 1 : 0,
                Source = new FeedbackSource(SourceKind.Human, old ? "late" : "thumbs"),
            });
            if (lines.Bytes.Length < 3_000_000) continue;
            bytes += lines.Bytes.Length;
            await log.AppendAsync(Agent, lines);
            lines.Clear();
        }
        bytes += lines.Bytes.Length;
        await log.AppendAsync(Agent, lines);
        return bytes;
    }
}
