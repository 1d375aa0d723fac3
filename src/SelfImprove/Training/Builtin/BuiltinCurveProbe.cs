using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Planning;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;

namespace SelfImprove.Training.Builtin;

/// <summary>Learning curves of the built-in student by sub-sampled fits: each takes a fraction of a second.</summary>
/// <param name="store">Where datasets are.</param>
/// <param name="threads">Threads of a fit; as many as there are cores where null.</param>
public sealed class BuiltinCurveProbe(IObjectStore store, TrainingThreads? threads = null) : ICurveProbe
{
    private const int Folds = 3;

    /// <inheritdoc/>
    public string Trainer => "builtin";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CurvePoint>> MeasureAsync(
        string? dataset, IReadOnlyList<(string Text, string Decision)> fresh, TaskSettings task, int seed, CancellationToken cancellationToken = default)
    {
        var rows = new List<TextExample>();
        if (dataset is not null)
            await foreach (var row in DatasetReader.ReadExamplesAsync(store, dataset, task, cancellationToken)) rows.Add(new TextExample(row.Text, row.Decision, row.Weight));
        var shuffled = fresh.ToArray();
        new SeededRandom((ulong)seed).Split("curve").Shuffle<(string Text, string Decision)>(shuffled);
        return await Task.Run(() => Measure(rows, shuffled, seed, threads?.Most, cancellationToken), cancellationToken);
    }

    private static List<CurvePoint> Measure(List<TextExample> rows, (string Text, string Decision)[] fresh, int seed, int? threads, CancellationToken cancellationToken)
    {
        var settings = StudentSettings.Default with { Calibrate = false, MaxThreads = threads };
        var points = new List<CurvePoint>();
        StudentModel? taught = null;
        foreach (var share in (double[])[0, 1 / 3.0, 2 / 3.0, 1])
        {
            var (errors, items, used) = (0, 0, 0);
            for (var fold = 0; fold < Folds; fold++)
            {
                var held = fresh.Where((_, i) => i % Folds == fold).ToArray();
                var others = fresh.Where((_, i) => i % Folds != fold).ToArray();
                var taken = others[..(int)Math.Round(share * others.Length)];
                var train = rows.Concat(taken.Select(t => new TextExample(t.Text, t.Decision))).ToList();
                if (train.Select(t => t.Label).Distinct().Take(2).Count() < 2) continue;
                // Without anything fresh, every fold would train the same.
                var model = taught is not null && taken.Length == 0 ? taught : StudentTrainer.Train(train, settings, seed, cancellationToken);
                if (taken.Length == 0) taught = model;
                errors += held.Count(h => model.Predict(h.Text).Label != h.Decision);
                items += held.Length;
                used += taken.Length;
            }
            if (items > 0) points.Add(new CurvePoint(used / Folds, (double)errors / items, items));
        }
        return points;
    }
}
