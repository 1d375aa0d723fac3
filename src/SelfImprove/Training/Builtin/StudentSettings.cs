namespace SelfImprove.Training.Builtin;

/// <summary>
/// How the built-in student reads text and how it is fitted. The defaults were tuned on banking77's train set alone: fits on 20 seeded draws of ten
/// rows a class judged on 25 other
/// rows a class (75.2% right), and on nine tenths judged on the tenth (90.5%). They are meant to be left alone. A value of <c>null</c> means: derive
/// it from the number of rows.
/// </summary>
public sealed record StudentSettings
{
    /// <summary>Default of <see cref="HashBits"/>.</summary>
    public const int DefaultHashBits = 16;

    /// <summary>The settings used when a caller has no reason to choose others.</summary>
    public static StudentSettings Default { get; } = new();

    /// <summary>The number of hash buckets as a power of two, 10 to 18: 16 is 65,536 buckets.</summary>
    public int HashBits { get; init; } = DefaultHashBits;

    /// <summary>Longest word n-gram, 1 to 3.</summary>
    public int WordNgrams { get; init; } = 2;

    /// <summary>Shortest character n-gram, 1 to <see cref="LongestCharNgram"/>. N-grams include the space before and after a word.</summary>
    public int ShortestCharNgram { get; init; } = 2;

    /// <summary>Longest character n-gram, up to 8.</summary>
    public int LongestCharNgram { get; init; } = 4;

    /// <summary>Whether character n-grams may run over the space into the next word; otherwise they stay within a word and its two spaces.</summary>
    public bool CharsCrossWords { get; init; }

    /// <summary>The share of the vector's squared length that comes from word n-grams, in [0,1]; the rest comes from character n-grams.</summary>
    public double WordShare { get; init; } = 0.4;

    /// <summary>Exponent of the inverse document frequency, 0 to 3: 0 ignores it, 1 is the usual tf-idf.</summary>
    public double IdfPower { get; init; }

    /// <summary>Exponent of the inverse class frequency, 0 to 3: features that occur in few classes count more.</summary>
    public double ClassIdfPower { get; init; } = 0.7;

    /// <summary>Passes over the rows, 1 to 1,000; <c>null</c> chooses by the number of rows.</summary>
    public int? Epochs { get; init; }

    /// <summary>Weight decay per row of the mean loss, 0 to 1; <c>null</c> chooses by the number of rows.</summary>
    public double? L2 { get; init; }

    /// <summary>Step size of the first pass; falls linearly to nothing. Above 0 up to 1,000.</summary>
    public double LearningRate { get; init; } = 8;

    /// <summary>Probability mass given to the other classes in the target, in [0, 0.5].</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How far rare classes are weighted up, in [0,1]: 0 not at all, 1 until every class weighs the same.</summary>
    public double ClassBalance { get; init; }

    /// <summary>Rows in one step, 1 to 1,024. Part of the arithmetic: another size is another model.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Whether probabilities are calibrated on held-out folds. Costs further fits; labels do not change, probabilities do.</summary>
    public bool Calibrate { get; init; } = true;

    /// <summary>Most threads used, at least 1; <c>null</c> is one per core. Never changes the result.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>Checks every value and throws with all mistakes at once.</summary>
    /// <exception cref="ArgumentException">At least one value is outside its documented range.</exception>
    public void Validate()
    {
        var wrong = new List<string>();
        Range(HashBits, 10, 18, nameof(HashBits));
        Range(WordNgrams, 1, 3, nameof(WordNgrams));
        Range(LongestCharNgram, 1, 8, nameof(LongestCharNgram));
        Range(ShortestCharNgram, 1, Math.Max(1, LongestCharNgram), nameof(ShortestCharNgram));
        Range(WordShare, 0, 1, nameof(WordShare));
        Range(IdfPower, 0, 3, nameof(IdfPower));
        Range(ClassIdfPower, 0, 3, nameof(ClassIdfPower));
        Range(Epochs ?? 1, 1, 1000, nameof(Epochs));
        Range(L2 ?? 0, 0, 1, nameof(L2));
        Range(LearningRate, 1e-6, 1000, nameof(LearningRate));
        Range(LabelSmoothing, 0, 0.5, nameof(LabelSmoothing));
        Range(ClassBalance, 0, 1, nameof(ClassBalance));
        Range(BatchSize, 1, 1024, nameof(BatchSize));
        Range(MaxThreads ?? 1, 1, 1024, nameof(MaxThreads));
        if (wrong.Count > 0)
            throw new ArgumentException("Student settings are not valid: " + string.Join("; ", wrong) + ".");

        void Range(double value, double low, double high, string name)
        {
            if (!(value >= low && value <= high))
                wrong.Add(FormattableString.Invariant($"{name} is {value}, expected {low} to {high}"));
        }
    }
}
