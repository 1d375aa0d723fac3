namespace SelfImprove.Training.Builtin;

/// <summary>
/// Learns from pairs beside rows: the student fitted on the rows alone is the reference, and goes on from there with
/// -log sigmoid(beta ((s+ - s-) - (r+ - r-))) / beta for each pair (Rafailov et al., "Direct preference optimization", 2023, equation 7: with a softmax, differences
/// of log-probabilities are differences of scores) plus the usual loss of the rows, which keeps it from forgetting them.
/// </summary>
internal static class PairFit
{
    /// <summary>Fits.</summary>
    /// <param name="set">Rows and, behind them, pairs.</param>
    /// <param name="rows">The rows to fit on.</param>
    /// <param name="pairs">The pairs to fit on, as rows of the set.</param>
    /// <param name="settings">How rows are learnt.</param>
    /// <param name="preference">How pairs are.</param>
    /// <param name="seed">Seeds the order.</param>
    /// <param name="stop">Stops early.</param>
    public static StudentFit Fit(TrainingSet set, int[] rows, int[] pairs, StudentSettings settings, PairSettings preference, int seed, CancellationToken stop)
    {
        int[] all = [.. rows, .. pairs];
        var reference = StudentFit.Fit(set, rows, settings, seed, stop, seen: all);
        if (pairs.Length == 0) return reference;
        var gaps = reference.Scores(set.Rows, pairs, set.Classes.Length)
            .Select((scores, i) => scores[set.Labels[pairs[i]]] - scores[set.NonPreferred[pairs[i]]]).ToArray();
        var targets = new PairTargets(
            Array.ConvertAll(all, row => set.NonPreferred[row]), [.. new float[rows.Length], .. gaps], (float)preference.Beta, reference.Weights);
        var fit = new SoftmaxFit(
            reference.Features.Weigh(set.Rows, all), Array.ConvertAll(all, row => set.Labels[row]), Array.ConvertAll(all, row => set.Weights[row]),
            reference.Features.Weights.Length, set.Classes.Length, preference.Epochs, settings.L2 ?? StudentFit.L2For(all.Length),
            settings.LearningRate * preference.Pace, settings.LabelSmoothing, settings.BatchSize);
        return reference with { Weights = SoftmaxSolver.Solve(fit, seed, set.Threads, stop, pairs: targets) };
    }
}
