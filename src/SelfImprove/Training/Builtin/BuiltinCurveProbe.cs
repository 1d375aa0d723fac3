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
    private const int Halvings = 2;

    // More would take seconds, and say hardly more.
    private const int MostSubSampled = 4_000;

    /// <inheritdoc/>
    public string Trainer => "builtin";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CurvePoint>> MeasureAsync(
        string? dataset, IReadOnlyList<(string Text, string Decision)> fresh, TaskSettings task, int seed, CancellationToken cancellationToken = default)
    {
        var rows = dataset is null ? [] : await RowsAsync(dataset, task, cancellationToken);
        var shuffled = fresh.ToArray();
        new SeededRandom((ulong)seed).Split("curve").Shuffle<(string Text, string Decision)>(shuffled);
        return await Task.Run(() => Measure(rows, shuffled, seed, threads?.Most, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<SubSampledErrors?> SubSampleAsync(string dataset, TaskSettings task, int seed, CancellationToken cancellationToken = default)
    {
        var rows = await RowsAsync(dataset, task, cancellationToken);
        return await Task.Run(() => SubSample([.. rows], StudentSettings.Default with { Calibrate = false, MaxThreads = threads?.Most }, seed, cancellationToken), cancellationToken);
    }

    /// <summary>Halves the rows twice at random; fits each half and half of it, and judges both on the other half.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="settings">How to fit.</param>
    /// <param name="seed">Seeds halves and fits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The errors; null where a quarter of the rows has fewer than two classes.</returns>
    public static SubSampledErrors? SubSample(TextExample[] rows, StudentSettings settings, int seed, CancellationToken cancellationToken)
    {
        var random = new SeededRandom((ulong)seed).Split("halves");
        var shuffled = rows.Length > MostSubSampled ? random.Sample(rows, MostSubSampled).ToArray() : [.. rows];
        var half = shuffled.Length / 2;
        var (quarters, halves) = (0, 0);
        for (var halving = 0; halving < Halvings; halving++)
        {
            random.Shuffle<TextExample>(shuffled);
            foreach (var (fit, held) in new[] { (shuffled[..half], shuffled[half..]), (shuffled[half..], shuffled[..half]) })
            {
                var less = fit[..(fit.Length / 2)];
                if (less.Select(r => r.Label).Distinct().Take(2).Count() < 2) return null;
                quarters += Errors(StudentTrainer.Train(less, settings, seed, cancellationToken), held);
                halves += Errors(StudentTrainer.Train(fit, settings, seed, cancellationToken), held);
            }
        }
        double judged = Halvings * shuffled.Length;
        return new SubSampledErrors(shuffled.Length, quarters / judged, halves / judged);
    }

    private static int Errors(StudentModel model, IEnumerable<TextExample> held) => held.Count(h => model.Predict(h.Text).Label != h.Label);

    /// <inheritdoc/>
    public async Task<PreferenceEvidence?> ComparePairsAsync(
        string dataset, PreferenceFeedback feedback, IReadOnlyList<(string Text, string Decision)> fresh, TaskSettings task, int seed,
        CancellationToken cancellationToken = default)
    {
        var rows = await RowsAsync(dataset, task, cancellationToken);
        return await Task.Run(() => ComparePairs(rows, feedback, fresh, seed, cancellationToken, threads?.Most), cancellationToken);
    }

    /// <summary>
    /// Fits the rows alone, without the feedback, with the feedback as rows, and with the feedback as pairs, and judges all on the same labelled inputs. A plan trains
    /// on these inputs as well, so each half of them is learnt beside the feedback and the other half is judged.
    /// </summary>
    /// <param name="rows">The champion's rows.</param>
    /// <param name="feedback">The feedback.</param>
    /// <param name="fresh">Labelled inputs in no order; those that the feedback is about are left out.</param>
    /// <param name="seed">Seeds the fits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="threads">The most threads of a fit; null for all there are.</param>
    /// <returns>What was measured; null with fewer than two inputs to judge on, or fewer than two classes.</returns>
    public static PreferenceEvidence? ComparePairs(
        IReadOnlyList<TextExample> rows, PreferenceFeedback feedback, IReadOnlyList<(string Text, string Decision)> fresh, int seed, CancellationToken cancellationToken,
        int? threads = null)
    {
        var texts = feedback.Pairs.Select(p => p.Text).ToHashSet(StringComparer.Ordinal);
        var held = fresh.Where(f => !texts.Contains(f.Text)).Select(f => new TextExample(f.Text, f.Decision)).ToList();
        if (held.Count < 2 || rows.Select(r => r.Label).Distinct().Take(2).Count() < 2) return null;
        var settings = StudentSettings.Default with { Calibrate = false, MaxThreads = threads };
        var pairs = feedback.Pairs.Select(p => new TextPair(p.Text, p.Better, p.Worse)).ToList();
        var told = feedback.Pairs.Select(p => new TextExample(p.Text, p.Better)).ToList();
        var (half, without, ofRows, ofPairs) = (held.Count / 2, new List<bool>(), new List<bool>(), new List<bool>());
        foreach (var (learnt, judged) in new[] { (held[half..], held[..half]), (held[..half], held[half..]) })
        {
            List<TextExample> known = [.. rows, .. learnt];
            without.AddRange(Right(StudentTrainer.Train(known, settings, seed, cancellationToken), judged));
            ofRows.AddRange(Right(StudentTrainer.Train([.. known, .. told], settings, seed, cancellationToken), judged));
            ofPairs.AddRange(Right(StudentTrainer.Train(known, pairs, settings, PairSettings.Default, seed, cancellationToken), judged));
        }
        var now = Right(StudentTrainer.Train(rows, settings, seed, cancellationToken), held);
        return new PreferenceEvidence(pairs.Count, held.Count, Error(now), Error(without), Error(ofRows), Error(ofPairs))
        {
            AgainstRows = Compare(ofPairs, ofRows),
            AgainstNothing = Compare(ofPairs, without),
        };
    }

    private static PairedCount Compare(List<bool> first, List<bool> second) =>
        new(first.Zip(second).Count(b => b.First && !b.Second), first.Zip(second).Count(b => !b.First && b.Second));

    private static IEnumerable<bool> Right(StudentModel model, IEnumerable<TextExample> judged) => judged.Select(h => model.Predict(h.Text).Label == h.Label);

    private static double Error(IEnumerable<bool> right) => right.Average(r => r ? 0.0 : 1.0);

    private async Task<List<TextExample>> RowsAsync(string dataset, TaskSettings task, CancellationToken cancellationToken)
    {
        var rows = new List<TextExample>();
        await foreach (var row in DatasetReader.ReadExamplesAsync(store, dataset, task, cancellationToken)) rows.Add(new TextExample(row.Text, row.Decision, row.Weight));
        return rows;
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
