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
        return Train(TrainingSet.Of(rows, settings, stop), settings, seed, (set, left, report) => StudentFit.Fit(set, left, settings, seed, stop, report), progress);
    }

    /// <summary>
    /// Trains a student on rows and pairs together: the student that the rows alone give is the reference, and pairs move it from there, no further than their
    /// beta lets them. Without pairs it is that student, bit by bit.
    /// </summary>
    /// <param name="rows">What to learn from; at least two classes.</param>
    /// <param name="pairs">Better and worse classes of texts; may be empty.</param>
    /// <param name="settings">How rows are learnt.</param>
    /// <param name="preference">How pairs are.</param>
    /// <param name="seed">Seeds the order of rows and pairs, and the folds.</param>
    /// <param name="stop">Stops early with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">Rows, pairs or settings can't be used; the message says which and why.</exception>
    public static StudentModel Train(
        IReadOnlyList<TextExample> rows, IReadOnlyList<TextPair> pairs, StudentSettings settings, PairSettings preference, int seed,
        CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(preference);
        settings.Validate();
        preference.Validate();
        return Train(TrainingSet.Of(rows, pairs, settings, stop), settings, seed, Fit, null);

        StudentFit Fit(TrainingSet set, int[] left, Action<double>? report)
        {
            // A pair on a held-out text would tell the answer that the fold is to be judged on.
            var held = new HashSet<string>(StringComparer.Ordinal);
            if (left.Length < set.Count) held.UnionWith(Enumerable.Range(0, set.Count).Except(left).Select(row => rows[row].Text));
            int[] told = [.. Enumerable.Range(0, pairs.Count).Where(pair => !held.Contains(pairs[pair].Text)).Select(pair => set.Count + pair)];
            return PairFit.Fit(set, left, told, settings, preference, seed, stop);
        }
    }

    private static StudentModel Train(
        TrainingSet set, StudentSettings settings, int seed, Func<TrainingSet, int[], Action<double>?, StudentFit> fit, IProgress<double>? progress)
    {
        var all = Enumerable.Range(0, set.Count).ToArray();
        var folds = settings.Calibrate ? Folds.Of(set, seed) : [];
        var parts = folds.Count + 1;
        var held = new List<ScoredRow>();
        for (var fold = 0; fold < folds.Count; fold++)
        {
            var (done, heldOut) = (fold, folds[fold]);
            var left = all.Except(heldOut).ToArray();
            var fitted = fit(set, left, Report(done));
            held.AddRange(fitted.Scores(set.Rows, heldOut, set.Classes.Length).Select((scores, i) => new ScoredRow(scores, set.Labels[heldOut[i]], set.Weights[heldOut[i]])));
        }

        var temperature = TemperatureScaling.Fit(held);
        var model = fit(set, all, Report(folds.Count));
        return model.ToModel(set, temperature);

        Action<double>? Report(int done) => progress is null ? null : share => progress.Report((done + share) / parts);
    }
}
