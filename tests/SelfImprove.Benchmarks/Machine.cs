using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SelfImprove.Benchmarks;

/// <summary>What the figures were measured on.</summary>
public static class Machine
{
    private const int Flushes = 200;

    /// <summary>One line: processor, cores, memory, system, runtime, what a flushed write costs, and how busy the machine is already.</summary>
    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        return FormattableString.Invariant(
            $"machine: {Processor()}, {Environment.ProcessorCount} cores, {memory:0} GiB, {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}, a flushed 4 KiB write {FlushMilliseconds():0.00} ms{Load()}");
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Load()
    {
        const string Average = "/proc/loadavg";
        return File.Exists(Average) ? $", load {File.ReadAllText(Average).Split(' ')[0]} before the start" : "";
    }

    private static double FlushMilliseconds()
    {
        var path = Path.Combine(Path.GetTempPath(), $"selfimprove-flush-{Guid.NewGuid():n}");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
        var block = new byte[4096];
        var times = new double[Flushes];
        for (var i = 0; i < Flushes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, i * (long)block.Length);
            RandomAccess.FlushToDisk(file);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return Figure.Median(times);
    }
}
