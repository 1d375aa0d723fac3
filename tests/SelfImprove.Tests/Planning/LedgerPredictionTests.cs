using System.Globalization;
using SelfImprove.Planning;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Tests.Training.Builtin;
using SelfImprove.Training.Builtin;
using Xunit.Abstractions;

namespace SelfImprove.Tests.Planning;

/// <summary>
/// Whether the ledger makes predictions better: agents of several seeds grow over runs of random rows, the gain measured on the same held-out items before and
/// after. From the third run on, predictions are held against the frozen curve err (n / (n + m))^0.2. Where a run adds little, most of what is measured is the
/// scatter of items and the luck of rows, which nobody can predict: of snips' 700 texts a tenth more rows mends two or three; and so it is where a few hundred
/// rows have left errors of two per cent. There the bound is that the prediction is no worse than the frozen curve, and that its interval says how little it
/// knows.
/// </summary>
[Trait("Data", "reference")]
public sealed class LedgerPredictionTests(ITestOutputHelper output)
{
    private const int Later = 3;
    private const double Z80 = 1.2816;

    [Theory]
    [InlineData("banking77", 3, 6, 5, new[] { 0.25, 0.5, 1.0 }, 0.7, 0.70, 0.97)]
    [InlineData("banking77", 4, 4, 6, new[] { 0.1, 0.2, 0.3 }, 0.7, 0.65, 0.95)]
    [InlineData("snips", 3, 20, 4, new[] { 0.5, 1.0, 2.0 }, 0.7, 0.65, 0.93)]
    [InlineData("snips", 3, 16, 8, new[] { 0.1, 0.2, 0.3 }, 1.0, 0.70, 0.92)]
    public void Gain_LaterRuns_BeatsTheFrozenCurveAndCovers(string set, int perClass, int seeds, int runs, double[] growth, double most, double leastCovered, double mostCovered)
    {
        var train = LabelledCsv.Read(set, "train.csv");
        var test = LabelledCsv.Read(set, "test.csv");
        var agents = new List<(double Off, double FrozenOff, bool Covered)>[seeds];
        Parallel.For(0, seeds, seed => agents[seed] = Live(train, test, perClass, growth, runs, seed));
        var later = agents.SelectMany(a => a).ToList();
        var (mean, frozen, covered) = (later.Average(p => p.Off), later.Average(p => p.FrozenOff), later.Count(p => p.Covered) / (double)later.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{set}, {growth[0]:P0} to {growth[^1]:P0} more rows: {later.Count} predictions, mean absolute error {mean:0.0000}, frozen curve {frozen:0.0000}, ratio {mean / frozen:0.00}, 80% intervals cover {covered:P0}"));
        (mean / frozen).ShouldBeLessThanOrEqualTo(most);
        covered.ShouldBeInRange(leastCovered, mostCovered);
    }

    private static List<(double Off, double FrozenOff, bool Covered)> Live(
        IReadOnlyList<TextExample> train, IReadOnlyList<TextExample> test, int perClass, double[] growth, int runs, int seed)
    {
        var random = new SeededRandom($"ledger/{seed}");
        var pool = train.ToArray();
        random.Shuffle<TextExample>(pool);
        var have = pool.GroupBy(r => r.Label).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g.Take(perClass)).ToList();
        var rest = new Queue<TextExample>(pool.Except(have));
        var items = random.Sample(test, Math.Min(1_000, test.Count));
        var settings = StudentSettings.Default with { Calibrate = false, MaxThreads = 1 };
        var (ledger, judged) = (new List<LedgerEntry>(), new List<(double, double, bool)>());
        var error = Error(StudentTrainer.Train(have, settings, seed), items);
        for (var run = 1; run <= runs; run++)
        {
            var (n, m) = (have.Count, Math.Max(1, (int)(have.Count * growth[random.Next(growth.Length)])));
            var fits = run < Later ? null : BuiltinCurveProbe.SubSample([.. have], settings, seed, default);
            var (gain, sd) = new LearningCurveForecast(n, fits, Ledger.Growth(ledger)).Gain(error, 0, m, items.Count);
            for (var i = 0; i < m; i++) have.Add(rest.Dequeue());
            var after = Error(StudentTrainer.Train(have, settings, seed), items);
            var realised = error - after;
            if (run >= Later)
                judged.Add((Math.Abs(gain - realised), Math.Abs((error * (1 - Math.Pow((double)n / (n + m), 0.2))) - realised), Math.Abs(gain - realised) <= Z80 * sd));
            ledger.Add(new LedgerEntry($"r{run}", default, "p", m, gain, realised, null, 0, 0, "Promoted") { ChampionRows = n, ChampionError = error, Items = items.Count });
            error = after;
        }
        return judged;
    }

    private static double Error(StudentModel student, IReadOnlyList<TextExample> items) => items.Count(i => student.Predict(i.Text).Label != i.Label) / (double)items.Count;
}
