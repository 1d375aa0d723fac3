namespace SelfImprove.Training.Builtin;

/// <summary>One fit on some rows of a set: features weighed on those rows, and the softmax over them.</summary>
/// <param name="Features">Columns and their weights.</param>
/// <param name="Weights">The softmax.</param>
internal sealed record StudentFit(FeatureTable Features, SoftmaxWeights Weights)
{
    /// <summary>Fits on the selected rows.</summary>
    /// <param name="set">The set.</param>
    /// <param name="selected">Which of its rows.</param>
    /// <param name="settings">How.</param>
    /// <param name="seed">Seeds the order.</param>
    /// <param name="stop">Stops early.</param>
    /// <param name="progress">Told the share done.</param>
    /// <param name="seen">Rows whose features get a column; null for the selected ones.</param>
    public static StudentFit Fit(
        TrainingSet set, int[] selected, StudentSettings settings, int seed, CancellationToken stop, Action<double>? progress = null, int[]? seen = null)
    {
        var features = FeatureTable.Build(set.Rows, seen ?? selected, set.Labels, set.Classes.Length, settings);
        var labels = Array.ConvertAll(selected, row => set.Labels[row]);
        var fit = new SoftmaxFit(
            features.Weigh(set.Rows, selected), labels, RowWeights(set, selected, settings.ClassBalance), features.Weights.Length, set.Classes.Length,
            settings.Epochs ?? EpochsFor(selected.Length), settings.L2 ?? L2For(selected.Length), settings.LearningRate, settings.LabelSmoothing,
            settings.BatchSize);
        return new StudentFit(features, SoftmaxSolver.Solve(fit, seed, set.Threads, stop, progress));
    }

    /// <summary>The scores of rows, before the softmax: for each row one for each class.</summary>
    public float[][] Scores(HashedRows hashed, int[] selected, int classes)
    {
        var rows = Features.Weigh(hashed, selected);
        var all = new float[selected.Length][];
        for (var i = 0; i < selected.Length; i++)
        {
            var scores = new float[Weights.Width];
            Weights.Bias.CopyTo(scores, 0);
            var columns = rows.ColumnsOf(i);
            var values = rows.ValuesOf(i);
            for (var j = 0; j < columns.Length; j++)
                Softmax.AddScaled(scores, Weights.Weights.AsSpan(columns[j] * Weights.Width, Weights.Width), values[j]);
            all[i] = scores[..classes];
        }

        return all;
    }

    /// <summary>The model to keep: weights to bytes, temperature and prior included.</summary>
    public StudentModel ToModel(TrainingSet set, double temperature)
    {
        var prior = new double[set.Classes.Length];
        for (var row = 0; row < set.Count; row++)
            prior[set.Labels[row]] += set.Weights[row];
        // A class that pairs alone know of is rare, but not impossible.
        for (var k = 0; k < prior.Length; k++)
            prior[k] = prior[k] > 0 ? prior[k] : 0.5;
        var total = prior.Sum();
        return new StudentModel(StudentModelData.Quantise(
            set.Classes, Features, Weights, temperature, Array.ConvertAll(prior, weight => (float)(weight / total)), set.Count));
    }

    /// <summary>Few rows need more passes for as many steps; from some thousands on, more passes change nothing but the time.</summary>
    private static int EpochsFor(int rows) => rows switch { < 3000 => 20, < 30_000 => 10, _ => 5 };

    /// <summary>Decay per row falls with their number: all rows together pull at a weight as hard as before.</summary>
    public static double L2For(int rows) => 0.03 / rows;

    private static float[] RowWeights(TrainingSet set, int[] selected, double balance)
    {
        var perClass = new double[set.Classes.Length];
        foreach (var row in selected)
            perClass[set.Labels[row]] += set.Weights[row];
        var present = perClass.Count(weight => weight > 0);
        var mean = perClass.Sum() / present;
        return Array.ConvertAll(selected, row => (float)(set.Weights[row] * Math.Pow(mean / perClass[set.Labels[row]], balance)));
    }
}
