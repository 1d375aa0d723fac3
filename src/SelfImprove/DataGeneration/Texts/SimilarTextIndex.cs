namespace SelfImprove.DataGeneration.Texts;

/// <summary>
/// Finds texts whose character 3-grams overlap by at least a threshold (Jaccard), exactly: no pair is missed. Hashing by bands misses two of three pairs right at .9,
/// which a filter that must never let a validation item through can't afford. From <see cref="GroupsFrom"/> on the cost of a text hardly grows with those known
/// (<see cref="GroupIndex"/>: 0.1 to 0.3 ms at .8 and a hundred thousand utterances); below, it grows with their number (<see cref="PrefixIndex"/>). A hundred thousand
/// utterances take 50 to 150 MB. Not thread-safe.
/// </summary>
public sealed class SimilarTextIndex
{
    /// <summary>Texts that are to be this much alike differ in so few grams that most groups of grams have to be equal.</summary>
    public const double GroupsFrom = 0.75;

    private readonly ITextIndex _index;

    /// <summary>An empty index.</summary>
    /// <param name="threshold">The overlap from which texts are alike, (0,1].</param>
    public SimilarTextIndex(double threshold)
    {
        if (threshold is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A similarity threshold is above 0 and at most 1.");
        _index = threshold >= GroupsFrom ? new GroupIndex(threshold) : new PrefixIndex(threshold);
    }

    /// <summary>How many texts were added.</summary>
    public int Count => _index.Count;

    /// <summary>Adds a text, which callers have normalised. An empty one is like no other.</summary>
    public void Add(string text) => _index.Add(text);

    /// <summary>The most similar text, the earliest among equals; null where none is similar enough.</summary>
    public SimilarText? FindNearest(string text) => _index.FindNearest(text);
}
