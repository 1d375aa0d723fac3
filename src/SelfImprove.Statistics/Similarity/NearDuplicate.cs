namespace SelfImprove.Statistics.Similarity;

/// <summary>A stored text like the one asked for.</summary>
/// <param name="Key">Key under which it was added.</param>
/// <param name="Similarity">Exact Jaccard overlap of the two texts' character n-grams.</param>
public readonly record struct NearDuplicate(string Key, double Similarity);
