using System.Diagnostics;
using System.Globalization;
using SelfImprove.Local.Demo;
using SelfImprove.Local.Samples;
using SelfImprove.Testing.Planning;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Benchmarks;

/// <summary>The planner against fixed strategies under equal budgets, through the product's own planning, selection, labelling and training.</summary>
public static class PlannerCommand
{
    private const string Help = """
        Gives the planner and fixed strategies the same money on the same traffic, and prints what became of it: accuracy on texts that nobody ever labelled.
        The cheap teacher is a student of the same kind, taught with three tenths of the rows: it errs where its pupil is unsure. The dear one is right on
        97% of the texts and costs three times as much. Budgets are told in labels of the cheap one.

          dotnet run -c Release --project tests/SelfImprove.Benchmarks -- planner [options]

          --seeds N          splits of the data, users and order (default 10)
          --data FILE        labelled text, CSV, first two columns text,label (default: the shipped office requests)
          --test FILE        held-out labelled text; without it a fifth of --data is held out
          --start N          rows a class that the agent was taught before (default 5)
          --budgets A,B,...  budgets (default 300,600,1200)
          --csv FILE         writes every score as a row

        """;

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var (seeds, start, budgets, data, test, csv) = (10, 5, new[] { 300, 600, 1200 }, (string?)null, (string?)null, (string?)null);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--seeds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seeds) && seeds > 0: i++; break;
                case "--start" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out start) && start > 1: i++; break;
                case "--budgets" when value.Split(',').All(b => int.TryParse(b, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 100):
                    budgets = [.. value.Split(',').Select(b => int.Parse(b, CultureInfo.InvariantCulture))];
                    i++;
                    break;
                case "--data" when value.Length > 0: data = args[++i]; break;
                case "--test" when value.Length > 0: test = args[++i]; break;
                case "--csv" when value.Length > 0: csv = args[++i]; break;
                case "--help" or "-h" or "-?":
                    await output.WriteAsync(Help);
                    return 0;
                default:
                    await error.WriteLineAsync($"'{args[i]} {value}' is not understood. See planner --help.");
                    return 2;
            }
        }
        try
        {
            await PlayAsync(seeds, start, budgets, data, test, csv, output);
            return 0;
        }
        catch (DemoDataException wrong)
        {
            await error.WriteLineAsync(wrong.Message);
            return 2;
        }
    }

    private static async Task PlayAsync(int seeds, int start, int[] budgets, string? data, string? test, string? csv, TextWriter output)
    {
        var started = Stopwatch.GetTimestamp();
        IReadOnlyList<TextExample> held = test is null ? [] : Examples(LabelledCsv.Read(test));
        var rows = data is null ? [] : Examples(LabelledCsv.Read(data));
        var scores = new List<ContestScore>[seeds];
        await Parallel.ForEachAsync(Enumerable.Range(1, seeds), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (seed, _) =>
            scores[seed - 1] = [.. await PlannerContest.PlayAsync(
                data is null ? Office(seed) : rows, held, start, budgets, (ulong)seed, ContestStrategy.Fixed)]);
        var all = scores.SelectMany(s => s).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data ?? "office requests"}: {seeds} seeds, accuracy before {all.Average(s => s.Before):P1}"));
        PlannerTable.Write(all, output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
        if (csv is null) return;
        await using var file = new StreamWriter(csv);
        await file.WriteLineAsync("seed,labels,strategy,before,accuracy,usd,teacher,sampling,rows");
        foreach (var s in all)
            await file.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{s.Seed},{s.Labels},\"{s.Strategy}\",{s.Before:0.0000},{s.Accuracy:0.0000},{s.SpentUsd:0.000},{s.Plan?.Teacher},{s.Plan?.Sampling},{s.Plan?.Rows}"));
    }

    private static List<TextExample> Office(int seed) => [.. OfficeRequests.Train(seed).Select(r => new TextExample(r.Text, r.Label))];

    private static List<TextExample> Examples(IReadOnlyList<LabelledText> texts) => texts.Select(t => new TextExample(t.Text, t.Label)).ToList();
}
