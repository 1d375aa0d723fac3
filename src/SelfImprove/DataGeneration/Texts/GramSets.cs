namespace SelfImprove.DataGeneration.Texts;

/// <summary>Sets of character 3-grams, and how far two overlap.</summary>
internal static class GramSets
{
    /// <summary>Counts are compared with products of a threshold, which may come out a hair too high.</summary>
    public const double Rounding = 1e-9;

    /// <summary>The grams of a text; of one shorter than three characters, itself.</summary>
    public static HashSet<ulong> Of(string text)
    {
        var grams = new HashSet<ulong>(text.Length);
        if (text.Length is 1 or 2) grams.Add(text.Length == 1 ? text[0] : ((ulong)text[0] << 16) | text[1]);
        for (var i = 0; i + 3 <= text.Length; i++) grams.Add(((ulong)text[i] << 32) | ((ulong)text[i + 1] << 16) | text[i + 2]);
        return grams;
    }

    /// <summary>The Jaccard overlap of two sets; 0 where it is surely below a threshold.</summary>
    /// <param name="known">The grams of the first that the second may have, ascending by rank: the rarer, the earlier, so that sets that are not alike are given up early.</param>
    /// <param name="size">How many grams the first has in all.</param>
    /// <param name="other">The second's, ascending.</param>
    /// <param name="threshold">The threshold.</param>
    public static double Overlap(ReadOnlySpan<int> known, int size, ReadOnlySpan<int> other, double threshold)
    {
        if (other.Length < threshold * size - Rounding || size < threshold * other.Length - Rounding) return 0;
        var needed = (int)Math.Ceiling(threshold / (1 + threshold) * (size + other.Length) - Rounding);
        var shared = 0;
        for (int i = 0, j = 0; i < known.Length && j < other.Length;)
        {
            if (shared + Math.Min(known.Length - i, other.Length - j) < needed) return 0;
            if (known[i] == other[j])
            {
                shared++;
                i++;
                j++;
            }
            else if (known[i] < other[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }
        return shared / (double)(size + other.Length - shared);
    }

    /// <summary>Whether a text found is nearer than the best so far, or as near and earlier.</summary>
    public static bool IsBetter(SimilarText found, SimilarText? best) =>
        best is not { } b || found.Similarity > b.Similarity || (found.Similarity >= b.Similarity && found.Index < b.Index);
}
