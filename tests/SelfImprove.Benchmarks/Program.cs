using System.Diagnostics;
using SelfImprove.Benchmarks;

// One thread for the load generator's sockets, and no change of thread per answer: it shares the machine with the host that it measures.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");

if (args is ["planner", .. var contest]) return await PlannerCommand.RunAsync(contest, Console.Out, Console.Error);
if (args is ["rollouts", .. var options]) return await RolloutCommand.RunAsync(options, Console.Out, Console.Error);

(string Name, string What, Func<TextWriter, Task<IReadOnlyList<Figure>>> Run)[] all =
[
    ("engine", "durable orchestrations of three activities", EngineBenchmark.RunAsync),
    ("ingestion", "single events acknowledged durable, without HTTP", IngestionBenchmark.RunAsync),
    ("http", "single events acknowledged durable, over HTTP to a host of its own process", HttpIngestionBenchmark.RunAsync),
    ("aggregation", "events folded into signals, batch after batch", AggregationBenchmark.RunAsync),
    ("student", "training, prediction, file and accuracy of the built-in student", StudentBenchmark.RunAsync),
    ("memory", "an idle host's memory, and the demo's peak", MemoryBenchmark.RunAsync),
];

var output = Console.Out;
if (args.Any(a => a is "--help" or "-h" or "-?"))
{
    output.WriteLine("Measures SelfImprove on this machine, and ends with a table of figures and targets. Without names: everything, in about three minutes.");
    output.WriteLine();
    output.WriteLine("  dotnet run -c Release --project tests/SelfImprove.Benchmarks [-- name ...]");
    output.WriteLine();
    foreach (var (name, what, _) in all) output.WriteLine($"  {name,-12} {what}");
    output.WriteLine($"  {"rollouts",-12} error rates and power of the A/B decision, by simulation; alone, with options of its own: rollouts --help");
    output.WriteLine($"  {"planner",-12} the planner against fixed strategies under equal budgets; alone, with options of its own: planner --help");
    output.WriteLine();
    output.WriteLine("The exit code is 0 whatever is measured; 1 where a benchmark could not run, 2 for an unknown name.");
    output.WriteLine($"Other data for the student: {StudentBenchmark.TrainVariable} and {StudentBenchmark.TestVariable} name two CSV files (text,label).");
    return 0;
}

var unknown = args.Where(a => all.All(b => b.Name != a)).ToArray();
if (unknown.Length > 0)
{
    await Console.Error.WriteLineAsync($"'{unknown[0]}' is no benchmark; there are: {string.Join(", ", all.Select(b => b.Name))}. See --help.");
    return 2;
}

output.WriteLine(Machine.Describe());
#if DEBUG
output.WriteLine("This is a Debug build: the figures say little. Use -c Release.");
#endif
var (figures, failed, started) = (new List<Figure>(), false, Stopwatch.GetTimestamp());
foreach (var (name, what, run) in all.Where(b => args.Length == 0 || args.Contains(b.Name)))
{
    output.WriteLine();
    output.WriteLine($"{name}: {what}");
    try
    {
        figures.AddRange(await run(output));
    }
    catch (Exception e)
    {
        failed = true;
        output.WriteLine($"  could not be measured: {e}");
    }
    GC.Collect();
}
if (figures.Count > 0) Figure.Write(output, figures);
output.WriteLine(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s in all"));
return failed ? 1 : 0;
