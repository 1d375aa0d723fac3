namespace SelfImprove.Training.Builtin;

/// <summary>
/// Trains the built-in student: multinomial logistic regression over hashed word and character n-grams (tf-idf), with calibrated probabilities.
/// Deterministic: same rows in the same order, settings and seed give the same model, bit by bit, on any number of cores.
/// </summary>
public static class StudentTrainer
{
    /// <summary>Most classes of one student: with the default hashing their weights take 256 MiB while they are fitted.</summary>
    public const int MaxClasses = 1024;

    /// <summary>Trains a student.</summary>
    /// <param name="rows">What to learn from; at least two classes. Several thousand rows take about a second.</param>
    /// <param name="settings">How; <see cref="StudentSettings.Default"/> unless there is reason.</param>
    /// <param name="seed">Seeds the order of rows and the folds.</param>
    /// <param name="stop">Stops early with <see cref="OperationCanceledException"/>.</param>
    /// <param name="progress">Told the share of the work done, in (0,1].</param>
    /// <exception cref="ArgumentException">No rows, fewer than two classes, an empty label, a bad weight, or bad settings; the message says which
    /// row.</exception>
    public static StudentModel Train(
        IReadOnlyList<TextExample> rows, StudentSettings settings, int seed, CancellationToken stop = default, IProgress<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        var set = TrainingSet.Of(rows, settings, stop);
        var all = Enumerable.Range(0, set.Count).ToArray();
        var folds = settings.Calibrate ? Folds.Of(set, seed) : [];
        var parts = folds.Count + 1;
        var held = new List<ScoredRow>();
        for (var fold = 0; fold < folds.Count; fold++)
        {
            var (done, heldOut) = (fold, folds[fold]);
            var left = all.Except(heldOut).ToArray();
            var fitted = StudentFit.Fit(set, left, settings, seed, stop, Report(done));
            held.AddRange(fitted.Scores(set.Rows, heldOut, set.Classes.Length).Select((scores, i) => new ScoredRow(scores, set.Labels[heldOut[i]], set.Weights[heldOut[i]])));
        }

        var temperature = TemperatureScaling.Fit(held);
        var model = StudentFit.Fit(set, all, settings, seed, stop, Report(folds.Count));
        return model.ToModel(set, temperature);

        Action<double>? Report(int done) => progress is null ? null : share => progress.Report((done + share) / parts);
    }
}
