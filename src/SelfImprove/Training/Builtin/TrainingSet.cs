namespace SelfImprove.Training.Builtin;

/// <summary>Checked and hashed training rows.</summary>
internal sealed class TrainingSet
{
    private TrainingSet(string[] classes, int[] labels, int[] nonPreferred, float[] weights, HashedRows rows, int threads)
    {
        NonPreferred = nonPreferred;
        Classes = classes;
        Labels = labels;
        Weights = weights;
        Rows = rows;
        Threads = threads;
    }

    /// <summary>Class names in ordinal order.</summary>
    public string[] Classes { get; }

    /// <summary>Index into <see cref="Classes"/> for every row.</summary>
    public int[] Labels { get; }

    /// <summary>For each row the class that is worse than its label; -1 for a row that is no pair. Pairs stand behind the rows.</summary>
    public int[] NonPreferred { get; }

    /// <summary>Weight of every row; 1 on average.</summary>
    public float[] Weights { get; }

    /// <summary>The texts as hashed counts.</summary>
    public HashedRows Rows { get; }

    /// <summary>Most threads to use.</summary>
    public int Threads { get; }

    /// <summary>The number of rows, pairs not among them.</summary>
    public int Count { get; private init; }

    /// <summary>Checks and hashes rows.</summary>
    /// <exception cref="ArgumentException">A row cannot be used, or there are fewer than two classes.</exception>
    public static TrainingSet Of(IReadOnlyList<TextExample> rows, StudentSettings settings, CancellationToken stop) => Of(rows, [], settings, stop);

    /// <summary>Checks and hashes rows and pairs.</summary>
    /// <exception cref="ArgumentException">A row or pair cannot be used, or the rows have fewer than two classes.</exception>
    public static TrainingSet Of(IReadOnlyList<TextExample> rows, IReadOnlyList<TextPair> pairs, StudentSettings settings, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
            throw new ArgumentException("There are no training rows. A student needs labelled texts of at least two classes.", nameof(rows));
        for (var i = 0; i < rows.Count; i++)
            Check(rows[i], i);
        for (var i = 0; i < pairs.Count; i++)
            Check(pairs[i], i);
        var taught = rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).ToArray();
        var classes = taught.Concat(pairs.SelectMany(pair => new[] { pair.Preferred, pair.NonPreferred })).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToArray();
        if (taught.Length < 2)
        {
            throw new ArgumentException(
                $"All {rows.Count} training rows have the label '{classes[0]}'. A student chooses between classes: add rows of at least one other class.",
                nameof(rows));
        }

        if (classes.Length > StudentTrainer.MaxClasses)
        {
            throw new ArgumentException(
                $"There are {classes.Length} classes; a student takes at most {StudentTrainer.MaxClasses}. Is the label column the right one?", nameof(rows));
        }

        var index = classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);
        var mean = rows.Average(row => row.Weight);
        var threads = settings.MaxThreads ?? Environment.ProcessorCount;
        return new TrainingSet(
            classes, [.. rows.Select(row => index[row.Label]), .. pairs.Select(pair => index[pair.Preferred])],
            [.. rows.Select(_ => -1), .. pairs.Select(pair => index[pair.NonPreferred])],
            [.. rows.Select(row => (float)(row.Weight / mean)), .. pairs.Select(pair => (float)(pair.Weight / mean))],
            HashedRows.Of([.. rows.Select(row => row.Text), .. pairs.Select(pair => pair.Text)], FeatureShape.Of(settings), threads, stop), threads)
        {
            Count = rows.Count,
        };
    }

    private static void Check(TextPair pair, int index)
    {
        if (pair?.Text is null)
            throw new ArgumentException($"Pair {index} has no text.", "pairs");
        if (string.IsNullOrWhiteSpace(pair.Preferred) || string.IsNullOrWhiteSpace(pair.NonPreferred) || pair.Preferred == pair.NonPreferred)
            throw new ArgumentException($"Pair {index} ('{Cut(pair.Text)}') wants two different classes, it has '{pair.Preferred}' and '{pair.NonPreferred}'.", "pairs");
        Check(new TextExample(pair.Text, pair.Preferred, pair.Weight), index);
        Check(new TextExample(pair.Text, pair.NonPreferred, pair.Weight), index);
    }

    private static void Check(TextExample row, int index)
    {
        if (row?.Text is null)
            throw new ArgumentException($"Training row {index} has no text.", "rows");
        if (string.IsNullOrWhiteSpace(row.Label))
            throw new ArgumentException($"Training row {index} ('{Cut(row.Text)}') has no label.", "rows");
        if (row.Label.Length > StudentModelFile.MaxClassName)
        {
            throw new ArgumentException(
                $"Training row {index} has a label of {row.Label.Length} characters, at most {StudentModelFile.MaxClassName} are allowed. Are text and label swapped?", "rows");
        }

        if (!double.IsFinite(row.Weight) || row.Weight < 1e-6 || row.Weight > 1e6)
            throw new ArgumentException(FormattableString.Invariant($"Training row {index} has weight {row.Weight}, expected 0.000001 to 1,000,000."), "rows");
    }

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
