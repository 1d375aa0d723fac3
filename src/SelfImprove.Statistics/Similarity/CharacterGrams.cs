namespace SelfImprove.Statistics.Similarity;

/// <summary>
/// Sets of character n-grams of a text in lower case, and their overlap (Jaccard 1912; as "shingles" in Broder 1997, section 2). Characters are UTF-16 units; spaces and punctuation count.
/// </summary>
public static class CharacterGrams
{
    /// <summary>The distinct n-grams; a text shorter than <paramref name="n"/> is its own only gram, an empty one has none.</summary>
    public static IReadOnlySet<string> Of(string text, int n = 3)
    {
        ArgumentNullException.ThrowIfNull(text);
        Require.AtLeast(n, 1);
        var lower = text.ToLowerInvariant();
        var grams = new HashSet<string>(StringComparer.Ordinal);
        if (lower.Length is > 0 && lower.Length < n) grams.Add(lower);
        for (var i = 0; i + n <= lower.Length; i++) grams.Add(lower.Substring(i, n));
        return grams;
    }

    /// <summary>Shared grams divided by all grams of both texts, in [0, 1]; two empty texts are equal: 1.</summary>
    public static double Jaccard(string a, string b, int n = 3) => Jaccard(Of(a, n), Of(b, n));

    /// <summary>Size of the intersection divided by that of the union, in [0, 1]; 1 for two empty sets.</summary>
    public static double Jaccard(IReadOnlySet<string> a, IReadOnlySet<string> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Count > b.Count) (a, b) = (b, a);
        var shared = a.Count(b.Contains);
        var all = a.Count + b.Count - shared;
        return all == 0 ? 1 : shared / (double)all;
    }
}
