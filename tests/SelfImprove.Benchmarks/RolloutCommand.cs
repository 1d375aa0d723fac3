using System.Diagnostics;
using System.Globalization;
using SelfImprove.Deployment;
using SelfImprove.Testing.Rollouts;

namespace SelfImprove.Benchmarks;

/// <summary>
/// The full form of the rollout's simulations: every scenario's error rates, power and requests to a decision. By the real orchestrator in virtual time, or by the
/// fold that is proven to end alike, at a hundredth of the cost.
/// </summary>
public static class RolloutCommand
{
    /// <summary>So many rollouts share one engine: its commits are shared, its memory stays small.</summary>
    private const int FleetSize = 25;

    private const string Help = """
        Simulates rollouts whose truth is known, and ends with 1 where a promise is broken.

          dotnet run -c Release --project tests/SelfImprove.Benchmarks -- rollouts [options]

          --runs N         runs of each scenario (default 100)
          --seed N         the seed of all (default 1)
          --scenario TEXT  only scenarios whose name or group contains it
          --fold           the analysis without the orchestrator: the same ends (a test compares them) at a hundredth of the cost
          --csv FILE       writes every run as a row

        """;

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var (runs, seed, filter, fold, csv) = (100, 1UL, "", false, (string?)null);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--fold": fold = true; break;
                case "--runs" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out runs) && runs > 0: i++; break;
                case "--seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed): i++; break;
                case "--scenario" when value.Length > 0: filter = args[++i]; break;
                case "--csv" when value.Length > 0: csv = args[++i]; break;
                case "--help" or "-h" or "-?":
                    await output.WriteAsync(Help);
                    return 0;
                default:
                    await error.WriteLineAsync($"'{args[i]} {value}' is not understood. See rollouts --help.");
                    return 2;
            }
        }
        var wanted = RolloutScenarios.All.Where(e => $"{e.Group} {e.Scenario.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (wanted.Length == 0)
        {
            await error.WriteLineAsync($"No scenario's name contains '{filter}'. There are: {string.Join("; ", RolloutScenarios.All.Select(e => e.Scenario.Name))}.");
            return 2;
        }
        await using var rows = csv is null ? null : new StreamWriter(csv);
        if (rows is not null) await rows.WriteLineAsync("scenario,run,outcome,requests,judged,difference,low,high");
        return await PlayAsync(wanted, runs, seed, fold, output, rows) ? 0 : 1;
    }

    private static async Task<bool> PlayAsync(RolloutExpectation[] wanted, int runs, ulong seed, bool fold, TextWriter output, StreamWriter? rows)
    {
        var started = Stopwatch.GetTimestamp();
        var (width, kept) = (wanted.Max(e => e.Scenario.Name.Length), true);
        output.WriteLine($"{"scenario".PadRight(width)}  {"runs",6}  {"promoted",8}  {"rolled back",11}  {"in shadow",9}  {"void",6}  {"median",7}  kept");
        foreach (var expected in wanted)
        {
            var tally = fold
                ? RolloutFold.Play(expected.Scenario, seed, runs)
                : new RolloutTally(expected.Scenario, await OrchestrateAsync(expected.Scenario, seed, runs));
            var broken = expected.Broken(tally).ToArray();
            kept &= broken.Length == 0;
            var inShadow = tally.Share(RolloutOutcome.WithdrawnInShadow);
            var (promoted, rolledBack, voided) = (tally.Share(RolloutOutcome.Promoted), tally.Share(RolloutOutcome.RolledBack), tally.Share(RolloutOutcome.Voided));
            var verdict = broken.Length == 0 ? "kept" : "BROKEN: " + string.Join("; ", broken);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{expected.Scenario.Name.PadRight(width)}  {runs,6}  {promoted,8:0.0%}  {rolledBack,11:0.0%}  {inShadow,9:0.0%}  {voided,6:0.0%}  {tally.MedianRequests,7}  {verdict}"));
            if (rows is null) continue;
            for (var run = 0; run < runs; run++)
            {
                var end = tally.Ends[run];
                var numbers = string.Create(CultureInfo.InvariantCulture, $"{end.Requests},{end.Judged},{end.Difference:0.#####},{end.Low:0.#####},{end.High:0.#####}");
                await rows.WriteLineAsync($"\"{expected.Scenario.Name}\",{run},{end.Outcome},{numbers}");
            }
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, {(fold ? "by the fold" : "by the real orchestrator in virtual time")}"));
        return kept;
    }

    private static async Task<IReadOnlyList<RolloutEnd>> OrchestrateAsync(RolloutScenario scenario, ulong seed, int runs)
    {
        var ends = new RolloutEnd[runs];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, runs).Chunk(FleetSize), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (some, _) =>
            {
                var played = await RolloutFleet.PlayAsync([.. some.Select(run => new RolloutTraffic(scenario, seed, run))]);
                for (var i = 0; i < some.Length; i++) ends[some[i]] = played[i];
            });
        return ends;
    }
}
