namespace SelfImprove.Training.Builtin;

/// <summary>What text is cut into; part of a model, for a model can only be asked with the features that it was trained on.</summary>
/// <param name="HashBits">Buckets as a power of two.</param>
/// <param name="WordNgrams">Longest word n-gram.</param>
/// <param name="ShortestCharNgram">Shortest character n-gram.</param>
/// <param name="LongestCharNgram">Longest character n-gram.</param>
/// <param name="CharsCrossWords">Whether character n-grams run over spaces.</param>
/// <param name="WordShare">Share of the squared length that words have.</param>
internal sealed record FeatureShape(int HashBits, int WordNgrams, int ShortestCharNgram, int LongestCharNgram, bool CharsCrossWords, double WordShare)
{
    /// <summary>The number of buckets.</summary>
    public int BucketCount => 1 << HashBits;

    /// <summary>The shape that settings ask for.</summary>
    public static FeatureShape Of(StudentSettings settings) => new(
        settings.HashBits, settings.WordNgrams, settings.ShortestCharNgram, settings.LongestCharNgram, settings.CharsCrossWords, settings.WordShare);
}
