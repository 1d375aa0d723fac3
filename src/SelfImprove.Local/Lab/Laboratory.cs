using System.Collections.Concurrent;
using System.Diagnostics;

namespace SelfImprove.Local.Lab;

/// <summary>Runs everything: for each scenario the loop, then what would have come of the same traffic without it. Seeds run side by side.</summary>
/// <param name="options">What is asked.</param>
/// <param name="finished">Told after each run.</param>
public sealed class Laboratory(LabOptions options, Action<LabResult>? finished = null)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="Demo.DemoDataException">The data can't be used.</exception>
    public async Task<LabReport> RunAsync(CancellationToken cancellationToken = default)
    {
        var (results, times) = (new List<LabResult>(), new List<LabTime>());
        foreach (var scenario in options.Scenarios)
        {
            var loop = await MeasureAsync(scenario, LabPolicy.Loop, seed => new LabRun(options, scenario, seed).PlayAsync(cancellationToken));
            foreach (var policy in (LabPolicy[])[LabPolicy.Never, LabPolicy.Weekly, LabPolicy.Everything])
                await MeasureAsync(scenario, policy, seed => Task.FromResult(new LabBaseline(options, scenario, seed).Play(policy, loop[seed - 1].Labels, cancellationToken)));
        }
        return new LabReport(options, results, times);

        async Task<List<LabResult>> MeasureAsync(LabScenario scenario, LabPolicy policy, Func<int, Task<LabResult>> play)
        {
            var (started, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var done = new ConcurrentDictionary<int, LabResult>();
            await Parallel.ForEachAsync(
                Enumerable.Range(1, options.Seeds), new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken },
                async (seed, _) =>
                {
                    done[seed] = await play(seed);
                    finished?.Invoke(done[seed]);
                });
            times.Add(new LabTime(scenario, policy, Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - busy).TotalSeconds));
            var ordered = done.OrderBy(d => d.Key).Select(d => d.Value).ToList();
            results.AddRange(ordered);
            return ordered;
        }
    }
}
