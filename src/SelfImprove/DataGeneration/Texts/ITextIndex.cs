namespace SelfImprove.DataGeneration.Texts;

/// <summary>A way to find the texts that may be like another.</summary>
internal interface ITextIndex
{
    /// <inheritdoc cref="SimilarTextIndex.Count"/>
    int Count { get; }

    /// <inheritdoc cref="SimilarTextIndex.Add"/>
    void Add(string text);

    /// <inheritdoc cref="SimilarTextIndex.FindNearest"/>
    SimilarText? FindNearest(string text);
}
