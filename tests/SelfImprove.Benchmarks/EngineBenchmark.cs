using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Durable;
using SelfImprove.Orchestration;
using SelfImprove.Testing;

namespace SelfImprove.Benchmarks;

/// <summary>
/// Durable (synchronous=FULL) orchestrations of three activities in a row, end to end: start acknowledged, three results folded, end on stable storage. The
/// engine runs as in a host; starts are made by a bounded number of clients at once.
/// </summary>
public static class EngineBenchmark
{
    private const int Clients = 512;
    private const int WarmUp = 2_000;
    private const int Measured = 20_000;

    private static readonly OrchestratorRef<int, int> ThreeRef = new(nameof(Three));
    private static readonly ActivityRef<int, int> AddOneRef = new(nameof(AddOne));

    /// <summary>Runs it.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output)
    {
        using var folder = new TemporaryFolder();
        var registry = new OrchestrationRegistry().Add<Three, int, int>(ThreeRef).Add<AddOne, int, int>(AddOneRef);
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(registry);
        services.AddDurableEngine(options => options.FilePath = folder.File("engine.db"));
        await using var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<DurableEngine>();
        await engine.StartAsync(CancellationToken.None);
        var client = provider.GetRequiredService<IOrchestrationClient>();
        await RunManyAsync(client, "warm-up", WarmUp);
        var watch = Stopwatch.StartNew();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var latencies = await RunManyAsync(client, "run", Measured);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Array.Sort(latencies);
        var rate = Measured / watch.Elapsed.TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {rate:N0} durable three-activity orchestrations/s ({Measured:N0} with {Clients} clients; latency p50 {latencies[Measured / 2]:N0} ms, p99 {latencies[Measured * 99 / 100]:N0} ms; {cpu.TotalSeconds / watch.Elapsed.TotalSeconds:N2} cores busy)"));

        watch.Restart();
        const int single = 300;
        for (var i = 0; i < single; i++)
            await RunOneAsync(client, $"single-{i}");
        var alone = watch.Elapsed.TotalMilliseconds / single;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {alone:N2} ms for one alone"));

        cpu = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(1));
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {cpu.TotalMilliseconds:N1} ms of processor time in an idle second"));
        await engine.StopAsync(CancellationToken.None);
        return [new("durable three-activity orchestrations", rate, "per s", AtLeast: 1_000), new("one orchestration alone", alone, "ms")];
    }

    private static async Task<double[]> RunManyAsync(IOrchestrationClient client, string prefix, int count)
    {
        var latencies = new double[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (i, _) =>
        {
            var begin = Stopwatch.GetTimestamp();
            await RunOneAsync(client, $"{prefix}-{i}");
            latencies[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        });
        return latencies;
    }

    private static async Task RunOneAsync(IOrchestrationClient client, string id)
    {
        await client.StartAsync(ThreeRef, id, 0);
        var state = await client.WaitAsync(id);
        if (state.OutputAs<int>() != 3)
            throw new InvalidOperationException($"'{id}' gave {state.Output}; 3 was expected. {state.Failure?.Message}");
    }

    private sealed class Three : Orchestrator<int, int>
    {
        public override async Task<int> RunAsync(OrchestrationContext context, int input)
        {
            for (var i = 0; i < 3; i++)
                input = await context.CallAsync(AddOneRef, input);
            return input;
        }
    }

    private sealed class AddOne : Activity<int, int>
    {
        public override Task<int> RunAsync(Orchestration.ActivityContext context, int input, CancellationToken cancellationToken) => Task.FromResult(input + 1);
    }
}
