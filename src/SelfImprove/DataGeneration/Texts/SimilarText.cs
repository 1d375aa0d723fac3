namespace SelfImprove.DataGeneration.Texts;

/// <summary>A text like the one asked for.</summary>
/// <param name="Index">Its place in the order of adding, from 0.</param>
/// <param name="Similarity">The exact Jaccard overlap of the two sets of character 3-grams, [0,1].</param>
public readonly record struct SimilarText(int Index, double Similarity);
